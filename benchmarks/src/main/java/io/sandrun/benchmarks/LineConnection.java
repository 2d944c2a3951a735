package io.sandrun.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection on loopback that speaks in lines that end with CR LF. For one thread. */
final class LineConnection implements AutoCloseable {
    /** Above any wait of a benchmark, milliseconds. */
    private static final int ANSWER_TIMEOUT_MS = 60_000;

    private static final int LINE_BYTES_MAX = 8 * 1024;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final StringBuilder line = new StringBuilder();

    LineConnection(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(ANSWER_TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_TIMEOUT_MS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    String readLine() throws IOException {
        line.setLength(0);
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || line.length() == LINE_BYTES_MAX) {
                throw new EOFException("no whole line: " + line);
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** @throws IOException if the next line does not begin so */
    String expect(String start) throws IOException {
        String answer = readLine();
        if (!answer.startsWith(start)) {
            throw new IOException("expected " + start + " and was told " + answer);
        }
        return answer;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
