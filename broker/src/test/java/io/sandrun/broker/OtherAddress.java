package io.sandrun.broker;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends requests from another address of this machine than the usual one, which Java's client cannot do. */
final class OtherAddress {
    private static final int TIMEOUT_MS = 20_000;

    private OtherAddress() {}

    /** The answer's body. */
    static JsonNode post(BrokerUnderTest broker, String from, String path, String json, String authorization) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        String head =
                """
                POST %s HTTP/1.1
                Host: 127.0.0.1:%d
                Content-Type: application/json
                Content-Length: %d
                Authorization: %s
                Connection: close

                """.formatted(path, broker.port(), body.length, authorization).replace("\n", "\r\n");
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()), TIMEOUT_MS);
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int start = answer.indexOf('{');
            return Json.read(answer.substring(start, answer.lastIndexOf('}') + 1), JsonNode.class);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
