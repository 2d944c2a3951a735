package io.sandrun.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Passes bytes between callers and one port, on loopback, from an address of its own: who listens there takes each
 * relay for another machine. Two threads for each connection, ended by closing its sockets. Thread-safe.
 */
public final class Relay implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int CONNECT_BACKLOG = 200;

    private final int target;
    private final InetAddress source;
    private final Passage passage;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isDown;
    private volatile boolean isClosed;

    /** What becomes of a piece of what is carried. */
    @FunctionalInterface
    public interface Passage {
        /** Passes a piece on; answers false when the connection is to be cut. */
        boolean pass(byte[] chunk, int count, OutputStream out) throws IOException;
    }

    /** @param source the address, of this machine, from which the port is reached */
    public Relay(int target, InetAddress source, Passage passage) throws IOException {
        this.target = target;
        this.source = source;
        this.passage = passage;
        this.server = new ServerSocket(0, CONNECT_BACKLOG, InetAddress.getLoopbackAddress());
        thread("relay-accept", this::accept).start();
    }

    /** One that loses nothing. */
    public static Relay faithful(int target, InetAddress source) throws IOException {
        return new Relay(target, source, (chunk, count, out) -> {
            out.write(chunk, 0, count);
            out.flush();
            return true;
        });
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Cuts every connection and takes no other until {@link #restore()}. */
    public void cut() {
        isDown = true;
        open.forEach(Relay::shut);
    }

    public void restore() {
        isDown = false;
    }

    private void accept() {
        while (!isClosed) {
            try {
                Socket caller = server.accept();
                open.add(caller);
                if (isDown) {
                    drop(caller);
                    continue;
                }
                Socket broker = new Socket(InetAddress.getLoopbackAddress(), target, source, 0);
                open.add(broker);
                thread("relay-request", () -> pump(caller, broker)).start();
                thread("relay-answer", () -> pump(broker, caller)).start();
            } catch (IOException refused) {
                // The broker is away, or the relay is being closed: the caller sees its connection end.
                open.forEach(Relay::shut);
            }
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0 && passage.pass(chunk, count, out); count = in.read(chunk)) {}
        } catch (IOException ended) {
            // Either end has gone, or the connection was cut: the other end must see it.
        }
        drop(from);
        drop(to);
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
        isClosed = true;
        server.close();
        open.forEach(Relay::shut);
    }
}
