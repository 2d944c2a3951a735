package io.sandrun.benchmarks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One keep-alive connection that speaks just enough HTTP/1.1 (RFC 9112) to load a broker: blocking, one request at a
 * time, answers with a Content-Length or in chunks. The JDK's client costs more than what is measured here.
 * For one thread.
 */
final class HttpConnection implements AutoCloseable {
    /** Above every wait that a benchmark asks for, milliseconds. */
    private static final int ANSWER_TIMEOUT_MS = 120_000;

    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int LINE_BYTES_MAX = 8 * 1024;
    private static final String LENGTH_HEADER = "content-length:";

    private final String host;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final StringBuilder line = new StringBuilder();

    private HttpConnection(String host, Socket socket) throws IOException {
        this.host = host;
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        this.out = socket.getOutputStream();
    }

    /** An answer. */
    record Reply(int status, String body) {
        /** @throws IOException unless the status is 200 */
        String orThrow() throws IOException {
            if (status != 200) {
                throw new IOException("HTTP " + status + ": " + body);
            }
            return body;
        }
    }

    static HttpConnection open(URI broker) throws IOException {
        SocketAddress address = new InetSocketAddress(broker.getHost(), broker.getPort());
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_TIMEOUT_MS);
        socket.connect(address, ANSWER_TIMEOUT_MS);
        return new HttpConnection(broker.getHost() + ":" + broker.getPort(), socket);
    }

    Reply get(String path) throws IOException {
        return exchange("GET", path, null);
    }

    Reply post(String path, String json) throws IOException {
        return exchange("POST", path, json);
    }

    private Reply exchange(String verb, String path, @Nullable String json) throws IOException {
        out.write(request(host, verb, path, json));
        return readReply();
    }

    /** The bytes of a whole request. */
    static byte[] request(String host, String verb, String path, @Nullable String json) {
        String head = verb + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n";
        if (json == null) {
            return (head + "\r\n").getBytes(StandardCharsets.UTF_8);
        }
        int bytes = json.getBytes(StandardCharsets.UTF_8).length;
        String body = "Content-Type: application/json\r\nContent-Length: " + bytes + "\r\n\r\n" + json;
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    private Reply readReply() throws IOException {
        String statusLine = readLine();
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            throw new IOException("no HTTP/1.1: " + statusLine);
        }
        int status = Integer.parseInt(statusLine.substring(9, 12));
        int bytes = 0;
        boolean isChunked = false;
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith(LENGTH_HEADER)) {
                bytes = Integer.parseInt(
                        header.substring(LENGTH_HEADER.length()).strip());
            }
            isChunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
        }
        byte[] body = isChunked ? readChunks() : readExactly(bytes);
        return new Reply(status, new String(body, StandardCharsets.UTF_8));
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int bytes = chunkBytes();
        while (bytes > 0) {
            body.write(readExactly(bytes));
            readLine();
            bytes = chunkBytes();
        }
        readLine();
        return body.toByteArray();
    }

    private int chunkBytes() throws IOException {
        return Integer.parseInt(readLine().split(";", 2)[0].strip(), 16);
    }

    private byte[] readExactly(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException("the answer ended after " + read.length + " of " + bytes + " bytes");
        }
        return read;
    }

    private String readLine() throws IOException {
        line.setLength(0);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended inside an answer");
            }
            if (line.length() == LINE_BYTES_MAX) {
                throw new IOException("a header of more than " + LINE_BYTES_MAX + " bytes");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
