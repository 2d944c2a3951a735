package io.sandrun.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network that fails, on loopback: passes bytes between callers and one port, and at random moments loses what it
 * carries, holds it back, or cuts a connection in the middle of it. Two threads for each connection, ended by closing
 * its sockets. Thread-safe.
 */
final class CuttingProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;

    /** How long bytes are held back at most, milliseconds: some beyond NODE_TIMEOUT of the suite. */
    private static final int STALL_MS_MAX = 3_000;

    private static final int CONNECT_BACKLOG = 200;

    private final int target;
    private final ServerSocket server;
    private final Random random;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger faults = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile double faultsPerChunk;
    private volatile boolean isDown;

    CuttingProxy(int target, long seed) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        this.server = new ServerSocket(0, CONNECT_BACKLOG, InetAddress.getLoopbackAddress());
        thread("proxy-accept", this::accept).start();
    }

    URI url() {
        return Server.url(server.getLocalPort());
    }

    int faults() {
        return faults.get();
    }

    /** @param perChunk how likely each piece of a request or an answer meets a fault, 0 to 1 */
    void beUnreliable(double perChunk) {
        faultsPerChunk = perChunk;
    }

    /** Cuts every connection and takes no other until {@link #restore()}. */
    void cut() {
        isDown = true;
        faults.incrementAndGet();
        open.forEach(CuttingProxy::shut);
    }

    void restore() {
        isDown = false;
    }

    private void accept() {
        while (closed.getCount() > 0) {
            try {
                Socket caller = server.accept();
                open.add(caller);
                if (isDown) {
                    drop(caller);
                    continue;
                }
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), target);
                open.add(broker);
                thread("proxy-request", () -> pump(caller, broker)).start();
                thread("proxy-answer", () -> pump(broker, caller)).start();
            } catch (IOException refused) {
                // The broker is away, or the proxy is being closed: the caller sees its connection end.
                open.forEach(CuttingProxy::shut);
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0 && pass(chunk, count, out); count = in.read(chunk)) {}
        } catch (IOException ended) {
            // Either end has gone, or the connection was cut: the other end must see it.
        }
        drop(from);
        drop(to);
    }

    /** Passes a piece on, or meets a fault; answers false when the connection is to be cut. */
    private boolean pass(byte[] chunk, int count, OutputStream out) throws IOException {
        int kept = count;
        if (random.nextDouble() < faultsPerChunk) {
            faults.incrementAndGet();
            switch (random.nextInt(3)) {
                case 0 -> kept = 0;
                case 1 -> kept = random.nextInt(count);
                default -> stall();
            }
        }
        out.write(chunk, 0, kept);
        out.flush();
        return kept == count;
    }

    private void stall() throws IOException {
        try {
            if (closed.await(random.nextInt(STALL_MS_MAX), TimeUnit.MILLISECONDS)) {
                throw new IOException("closed");
            }
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    private void drop(Socket socket) {
        open.remove(socket);
        shut(socket);
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed either way.
        }
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
        open.forEach(CuttingProxy::shut);
    }
}
