package io.sandrun.runtime.proxy;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.TcpSocket;
import io.sandrun.runtime.linux.Wakeup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One who came through the door: what it asks for is read, checked, and carried out. One thread. */
final class Crossing {
    private static final int HEAD_BYTES = 16 * 1024;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
    private static final byte[] CONNECTED = "HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Programs send their head at once. */
    private static final int HEAD_MS = 15_000;

    private static final int CONNECT_MS = 10_000;

    /** Longer than any index thinks; shorter than anybody waits for a connection that is dead. */
    private static final int IDLE_MS = 60_000;

    private final Descriptor inside;
    private final AllowedHosts hosts;
    private final Traffic traffic;
    private final Wakeup stop;
    private byte[] rest = new byte[0];

    Crossing(Descriptor inside, AllowedHosts hosts, Traffic traffic, Wakeup stop) {
        this.inside = inside;
        this.hosts = hosts;
        this.traffic = traffic;
        this.stop = stop;
    }

    /** The door was closed meanwhile, or whoever came has gone. */
    private static final class GoneException extends IOException {
        GoneException(String why) {
            super(why);
        }
    }

    /** From the first byte to the last. Whatever goes wrong ends this connection and nothing else. */
    void run() {
        try {
            ProxyRequest request = ProxyRequest.parse(readHead());
            try (Descriptor outside = connect(request.host());
                    Tunnel tunnel = new Tunnel(inside, outside, stop, traffic, IDLE_MS)) {
                if (request.forwarded().isPresent()) {
                    tunnel.sendFirst(request.forwarded().get());
                    tunnel.listenOnly();
                } else {
                    answer(CONNECTED);
                    tunnel.sendFirst(rest);
                }
                tunnel.run();
            }
        } catch (RefusedException refused) {
            traffic.refuse(refused.sentence());
            refuse(refused);
        } catch (IOException ended) {
            // One of the two ends is gone; the other learns it by the end of its connection.
        }
    }

    private byte[] readHead() throws IOException, RefusedException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HEAD_MS);
        try (NativeBuffer buffer = NativeBuffer.ofSize(HEAD_BYTES)) {
            while (true) {
                await(inside, false, deadlineNanos);
                int count = inside.read(buffer);
                if (count == 0) {
                    throw new GoneException("gone before it said anything");
                }
                head.writeBytes(buffer.first(Math.max(count, 0)));
                byte[] bytes = head.toByteArray();
                int end = endOfHead(bytes);
                if (end >= 0) {
                    rest = Arrays.copyOfRange(bytes, end + HEAD_END.length, bytes.length);
                    return Arrays.copyOf(bytes, end);
                }
                if (bytes.length > HEAD_BYTES) {
                    throw new RefusedException(
                            RefusedException.BAD_REQUEST, "the request to the proxy of this node has too long a head");
                }
            }
        }
    }

    private static int endOfHead(byte[] bytes) {
        for (int index = 0; index + HEAD_END.length <= bytes.length; index++) {
            if (Arrays.equals(bytes, index, index + HEAD_END.length, HEAD_END, 0, HEAD_END.length)) {
                return index;
            }
        }
        return -1;
    }

    private Descriptor connect(HostPort host) throws IOException, RefusedException {
        String why = "";
        try {
            List<InetSocketAddress> addresses = hosts.addressesOf(host);
            for (InetSocketAddress address : addresses) {
                try {
                    Descriptor outside = connect(address);
                    traffic.reached(host);
                    return outside;
                } catch (LinuxException unreachable) {
                    why = String.valueOf(unreachable.getMessage());
                }
            }
        } catch (RefusedException refused) {
            if (refused.status() != RefusedException.UNREACHABLE) {
                throw refused;
            }
            why = refused.sentence();
        }
        traffic.failed(host, why);
        throw new RefusedException(RefusedException.UNREACHABLE, host + " could not be reached: " + why);
    }

    private Descriptor connect(InetSocketAddress address) throws IOException {
        Descriptor outside = TcpSocket.connect(address);
        try {
            await(outside, true, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CONNECT_MS));
            TcpSocket.checkConnected(outside);
            return outside;
        } catch (IOException | RuntimeException failed) {
            outside.close();
            throw failed;
        }
    }

    private void await(Descriptor socket, boolean isToWrite, long deadlineNanos) throws IOException {
        try (Poll poll = new Poll()) {
            int stopped = poll.watch(stop.descriptor());
            int place = isToWrite ? poll.watchForRoom(socket) : poll.watch(socket);
            while (!poll.isReady(place)) {
                long leftMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
                if (leftMs <= 0) {
                    throw isToWrite ? LinuxException.timedOut("connect") : new GoneException("says nothing");
                }
                poll.await((int) leftMs);
                if (poll.isReady(stopped)) {
                    throw new GoneException("the door is closed");
                }
            }
        }
    }

    private void answer(byte[] bytes) throws IOException {
        try (NativeBuffer buffer = NativeBuffer.holding(bytes)) {
            // The first bytes on a fresh connection: they fit into its buffer, or nobody is there.
            if (inside.write(buffer, 0, bytes.length) != bytes.length) {
                throw new GoneException("does not listen");
            }
        }
    }

    private void refuse(RefusedException refused) {
        byte[] sentence = (refused.sentence() + "\n").getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + refused.status() + " Refused\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: " + sentence.length + "\r\nConnection: close\r\n\r\n";
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
        answer.writeBytes(sentence);
        try {
            answer(answer.toByteArray());
            TcpSocket.endOutput(inside);
        } catch (IOException gone) {
            // It does not want to know.
        }
    }
}
