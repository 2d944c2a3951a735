package io.sandrun.benchmarks.fuzz;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** A whole broker in the fuzzer's process, which sees its coverage; spoken to over a real socket. For one thread. */
final class FuzzedBroker {
    /** An answer that is not there by then is one that waits for a job, which is no error, milliseconds. */
    private static final int PARKED_AFTER_MS = 1_000;

    private static final int ANSWER_BYTES_MAX = 16 << 20;
    private static final int BUFFER_BYTES = 8 * 1024;

    private final InetSocketAddress address;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    private FuzzedBroker(InetSocketAddress address) {
        this.address = address;
    }

    /** It lives as long as the process; its data lies where the process puts its temporary files. */
    static FuzzedBroker start() throws IOException {
        Broker broker = Broker.start(BrokerConfig.builder(Files.createTempDirectory("broker"))
                .port(0)
                .allowUnsignedNodes(true)
                .build());
        URI url = URI.create(broker.url());
        return new FuzzedBroker(new InetSocketAddress(url.getHost(), url.getPort()));
    }

    /** A well-formed request around any body. */
    static byte[] post(String path, String contentType, byte[] body) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + contentType + "\r\n"
                + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        request.writeBytes(body);
        return request.toByteArray();
    }

    /** Sends bytes as they are, then the end, and reads to the end or until nothing comes any more. */
    byte[] exchange(byte[] request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PARKED_AFTER_MS);
            socket.connect(address, PARKED_AFTER_MS);
            OutputStream out = socket.getOutputStream();
            out.write(request);
            socket.shutdownOutput();
            return readAll(socket.getInputStream());
        }
    }

    private byte[] readAll(InputStream in) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                answer.write(buffer, 0, count);
                if (answer.size() > ANSWER_BYTES_MAX) {
                    throw new IllegalStateException("an answer of more than " + ANSWER_BYTES_MAX + " bytes");
                }
            }
        } catch (SocketTimeoutException parked) {
            return answer.toByteArray();
        } catch (IOException hungUp) {
            // A broker may hang up on a sender of nonsense.
            return answer.toByteArray();
        }
        return answer.toByteArray();
    }
}
