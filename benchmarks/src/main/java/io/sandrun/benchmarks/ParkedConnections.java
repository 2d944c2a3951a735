package io.sandrun.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Thousands of keep-alive connections on one thread, each with at most one request under way. Requests and answers are
 * small: a request fits into the socket's buffer, an answer has a Content-Length. For one thread.
 */
final class ParkedConnections implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)\r\n");
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InetSocketAddress broker;
    private final String host;
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    ParkedConnections(URI url) throws IOException {
        this.broker = new InetSocketAddress(url.getHost(), url.getPort());
        this.host = url.getHost() + ":" + url.getPort();
    }

    /** What is done with an answer. */
    @FunctionalInterface
    interface Answered {
        void with(Connection connection, int status) throws IOException;
    }

    /** One of them. */
    final class Connection {
        private final SocketChannel channel;
        private final Answered answered;
        private String unread = "";
        private String head = "";

        private Connection(SocketChannel channel, Answered answered) {
            this.channel = channel;
            this.answered = answered;
        }

        void post(String path, String json) throws IOException {
            send(HttpConnection.request(host, "POST", path, json));
        }

        void get(String path) throws IOException {
            send(HttpConnection.request(host, "GET", path, null));
        }

        /** Whether the last answer had it. */
        boolean hasHeader(String name) {
            return head.lines().anyMatch(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
        }

        private void send(byte[] bytes) throws IOException {
            ByteBuffer request = ByteBuffer.wrap(bytes);
            channel.write(request);
            if (request.hasRemaining()) {
                throw new IOException("a small request did not fit into the socket's buffer");
            }
        }

        private void read() throws IOException {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                throw new EOFException("the broker closed a connection");
            }
            buffer.flip();
            unread += StandardCharsets.ISO_8859_1.decode(buffer);
            int headEnd = unread.indexOf("\r\n\r\n");
            if (headEnd < 0) {
                return;
            }
            Matcher length = LENGTH.matcher(unread);
            int bodyBytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
            if (unread.length() >= headEnd + 4 + bodyBytes) {
                int status = Integer.parseInt(unread.substring(9, 12));
                head = unread.substring(0, headEnd);
                unread = "";
                answered.with(this, status);
            }
        }
    }

    Connection open(Answered answered) throws IOException {
        SocketChannel channel = SocketChannel.open(broker);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        Connection connection = new Connection(channel, answered);
        channel.register(selector, SelectionKey.OP_READ, connection);
        return connection;
    }

    /** Handles the answers that are there, or that come within the time. */
    void serve(long timeoutMs) throws IOException {
        selector.select(timeoutMs);
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof Connection connection) {
                connection.read();
            }
        }
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
