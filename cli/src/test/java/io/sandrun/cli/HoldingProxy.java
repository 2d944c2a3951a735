package io.sandrun.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The way between a node and its broker. It counts requests, and can stop all that moves on a connection once a request
 * of one kind has begun there. Thread-safe.
 */
final class HoldingProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final long PATIENCE_SECONDS = 60;

    private final URI target;
    private final ServerSocket server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger fetches = new AtomicInteger();
    private final Semaphore caught = new Semaphore(0);
    private final Gate everything = new Gate();
    private volatile @Nullable String wanted;

    HoldingProxy(String target) throws IOException {
        this.target = URI.create(target);
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** Lets bytes through, or lets them wait. */
    private static final class Gate {
        private boolean closed;

        synchronized void close() {
            closed = true;
        }

        synchronized void open() {
            closed = false;
            notifyAll();
        }

        synchronized void pass() throws InterruptedException {
            while (closed) {
                wait();
            }
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Requests for an artifact that have gone through. */
    int fetches() {
        return fetches.get();
    }

    /** The next connection on which a request begins like this moves nothing after the request's first bytes. */
    void holdNext(String requestLine) {
        wanted = requestLine;
    }

    /** Waits until a connection was stopped. */
    void awaitHeld() throws InterruptedException {
        if (!caught.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("no request like '" + wanted + "' came");
        }
    }

    /** From now on nothing moves on any connection. */
    void holdEverything() {
        everything.close();
    }

    /** Ends all connections, so that whoever waits for one notices, and lets new ones through. */
    void release() {
        wanted = null;
        sockets.forEach(HoldingProxy::close);
        everything.open();
    }

    private void accept() {
        try {
            while (true) {
                Socket near = server.accept();
                sockets.add(near);
                threads.execute(() -> join(near));
            }
        } catch (IOException closed) {
            // That is the end of the proxy.
        }
    }

    private void join(Socket near) {
        try {
            everything.pass();
            Socket far = new Socket(target.getHost(), target.getPort());
            sockets.add(far);
            Gate gate = new Gate();
            threads.execute(() -> pump(far, near, gate, false));
            pump(near, far, gate, true);
        } catch (IOException away) {
            close(near);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void pump(Socket from, Socket to, Gate gate, boolean areRequests) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                gate.pass();
                everything.pass();
                if (areRequests) {
                    look(new String(chunk, 0, count, StandardCharsets.ISO_8859_1), gate);
                }
                out.write(chunk, 0, count);
            }
        } catch (IOException ended) {
            // Both ends are closed.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    /** A request's head comes in one piece: this client sends it so, and waits for the answer to the one before. */
    private void look(String sent, Gate gate) {
        if (sent.startsWith("GET /artifacts/")) {
            fetches.incrementAndGet();
        }
        String request = wanted;
        if (request != null && sent.startsWith(request)) {
            wanted = null;
            gate.close();
            caught.release();
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            // It is closed, which is what was wanted.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        release();
        threads.shutdownNow();
    }
}
