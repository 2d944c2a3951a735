package io.sandrun.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Clients that are as slow as can be, each in its own way. Those that the broker ends come again at once, as slow as
 * before. One thread.
 */
final class SlowCrowd implements Runnable, AutoCloseable {
    /** So that little of an answer is taken by the system on this side. */
    private static final int SMALL_WINDOW_BYTES = 4096;

    private static final int TICK_MS = 1_000;

    private final InetSocketAddress broker;
    private final List<Client> clients = new ArrayList<>();
    private int cutOff;

    SlowCrowd(URI broker) {
        this.broker = new InetSocketAddress(broker.getHost(), broker.getPort());
    }

    /**
     * A way of being slow.
     *
     * @param begin what is sent at once
     * @param trickles whether a byte follows each second
     * @param reads whether it looks at what comes back
     */
    record Way(String begin, boolean trickles, boolean reads) {}

    private static final class Client {
        private final Way way;
        private SocketChannel channel;

        Client(Way way, SocketChannel channel) {
            this.way = way;
            this.channel = channel;
        }
    }

    void add(int count, Way way) throws IOException {
        for (int client = 0; client < count; client++) {
            clients.add(new Client(way, connect(way)));
        }
    }

    int size() {
        return clients.size();
    }

    /** How many were ended by the broker so far, and came again. */
    int cutOff() {
        return cutOff;
    }

    private SocketChannel connect(Way way) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_WINDOW_BYTES);
        channel.connect(broker);
        channel.configureBlocking(false);
        channel.write(ByteBuffer.wrap(way.begin().getBytes(StandardCharsets.US_ASCII)));
        return channel;
    }

    /** Goes on until its thread is interrupted. */
    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long start = System.nanoTime();
                for (Client client : clients) {
                    if (!goesOn(client)) {
                        cutOff++;
                        client.channel.close();
                        client.channel = connect(client.way);
                    }
                }
                long leftMs = TICK_MS - (System.nanoTime() - start) / 1_000_000;
                synchronized (this) {
                    wait(Math.max(1, leftMs));
                }
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (IOException refused) {
            throw new IllegalStateException("the slow clients cannot connect", refused);
        }
    }

    private static boolean goesOn(Client client) {
        try {
            if (client.way.reads() && client.channel.read(ByteBuffer.allocate(SMALL_WINDOW_BYTES)) != 0) {
                return false;
            }
            if (client.way.trickles()) {
                client.channel.write(ByteBuffer.wrap(new byte[] {'x'}));
            }
            return true;
        } catch (IOException ended) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
    }
}
