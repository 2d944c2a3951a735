package io.sandrun.broker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An answer as it came over the wire, to a request that no client library would send. */
record RawHttp(int status, List<String> headers, String body) {
    private static final int TIMEOUT_MS = 20_000;
    private static final String USUAL_ADDRESS = "127.0.0.1";

    /** @param head the request's line and headers, each without its line end; the connection is closed after it */
    static RawHttp ask(int port, String... head) throws IOException {
        return askFrom(USUAL_ADDRESS, port, head);
    }

    /** Likewise from another address of this machine, 127.0.0.0/8, which Java's client cannot do. */
    static RawHttp askFrom(String address, int port, String... head) throws IOException {
        return send(address, port, String.join("\r\n", head) + "\r\nConnection: close\r\n\r\n");
    }

    /** Likewise with a body of ASCII. */
    static RawHttp postFrom(String address, int port, String path, String json, String... headers) throws IOException {
        String head = "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + json.length() + "\r\nConnection: close\r\n";
        return send(address, port, head + lines(headers) + "\r\n" + json);
    }

    /** For an upgrade: its connection stays open unless it is refused. */
    static RawHttp upgrade(int port, String path, String... headers) throws IOException {
        String head = "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
                + lines(headers) + "\r\n";
        try (Socket socket = open(USUAL_ADDRESS, port, head)) {
            InputStream in = socket.getInputStream();
            StringBuilder text = new StringBuilder();
            while (text.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    break;
                }
                text.append((char) next);
            }
            RawHttp answer = parse(text.toString());
            List<String> length = answer.all("Content-Length");
            return length.isEmpty() ? answer : answer.with(in.readNBytes(Integer.parseInt(length.get(0))));
        }
    }

    private RawHttp with(byte[] read) {
        return new RawHttp(status, headers, new String(read, StandardCharsets.ISO_8859_1));
    }

    private static String lines(String... headers) {
        return Arrays.stream(headers).map(line -> line + "\r\n").collect(Collectors.joining());
    }

    static RawHttp send(int port, String request) throws IOException {
        return send(USUAL_ADDRESS, port, request);
    }

    private static RawHttp send(String address, int port, String request) throws IOException {
        try (Socket socket = open(address, port, request)) {
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        }
    }

    private static Socket open(String address, int port, String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, InetAddress.getByName(address), 0);
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
