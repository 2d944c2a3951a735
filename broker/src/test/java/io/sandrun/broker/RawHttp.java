package io.sandrun.broker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** An answer as it came over the wire, to a request that no client library would send. */
record RawHttp(int status, List<String> headers, String body) {
    private static final int TIMEOUT_MS = 20_000;

    /** @param head the request's line and headers, each without its line end; the connection is closed after it */
    static RawHttp ask(int port, String... head) throws IOException {
        return send(port, String.join("\r\n", head) + "\r\nConnection: close\r\n\r\n");
    }

    /** For an upgrade, whose connection stays open: its head alone. */
    static RawHttp upgrade(int port, String path, String... headers) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                + String.join(
                        "", Arrays.stream(headers).map(line -> line + "\r\n").toList()) + "\r\n";
        try (Socket socket = open(port, head)) {
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            return parse(text.toString());
        }
    }

    static RawHttp send(int port, String request) throws IOException {
        try (Socket socket = open(port, request)) {
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        }
    }

    private static Socket open(int port, String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static RawHttp parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no answer but: " + text);
        }
        List<String> lines = List.of(text.substring(0, end).split("\r\n"));
        return new RawHttp(
                Integer.parseInt(lines.get(0).split(" ", 3)[1]),
                lines.subList(1, lines.size()),
                text.substring(end + 4));
    }

    /** All values of a header, in their order. */
    List<String> all(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return headers.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .toList();
    }
}
