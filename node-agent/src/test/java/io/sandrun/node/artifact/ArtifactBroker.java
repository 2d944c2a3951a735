package io.sandrun.node.artifact;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server that keeps artifacts as a broker does, over real HTTP, and misbehaves when it is told to. */
public final class ArtifactBroker implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final Queue<Trouble> troubles = new ArrayDeque<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    /** What happens to the next call instead of what should. */
    public enum Trouble {
        STALE_LEASE,
        NOT_THERE,
        UNAVAILABLE,
        SESSION_EXPIRED,
        FORBIDDEN,
        /** Half of the bytes come, and then no more while the server lives. */
        STALLS,
        /** Half of the bytes come, and then the connection ends. */
        BREAKS_OFF,
        /** As many bytes as there should be, but others. */
        WRONG_BYTES
    }

    public ArtifactBroker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/artifacts/", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Has an artifact; its digest is the answer. */
    public String offer(byte[] bytes) {
        String sha256 = digest(bytes);
        stored.put(sha256, bytes);
        return sha256;
    }

    /** What was put under that digest. */
    public byte @Nullable [] stored(String sha256) {
        return stored.get(sha256);
    }

    /** Each call meets the next trouble, as long as there are some. */
    public void meet(Trouble... next) {
        synchronized (troubles) {
            troubles.addAll(Arrays.asList(next));
        }
    }

    /** The next call, as {@code GET digest lease}. */
    public String awaitCall() throws InterruptedException {
        String call = calls.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (call == null) {
            throw new AssertionError("nobody called");
        }
        return call;
    }

    /** Calls that nobody has awaited. */
    public int callsLeft() {
        return calls.size();
    }

    public static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String sha256 = path.substring(path.lastIndexOf('/') + 1);
        String lease = exchange.getRequestURI().getQuery().replaceFirst("^lease=", "");
        Trouble trouble;
        synchronized (troubles) {
            trouble = troubles.poll();
        }
        calls.add(exchange.getRequestMethod() + " " + sha256 + " " + lease);
        try (exchange) {
            if (trouble != null && trouble.compareTo(Trouble.FORBIDDEN) <= 0) {
                refuse(exchange, trouble);
            } else if (exchange.getRequestMethod().equals("PUT")) {
                take(exchange, sha256, trouble);
            } else {
                give(exchange, sha256, trouble);
            }
        }
    }

    private static void refuse(HttpExchange exchange, Trouble trouble) throws IOException {
        ErrorCode code = switch (trouble) {
            case STALE_LEASE -> ErrorCode.STALE_LEASE;
            case NOT_THERE -> ErrorCode.NOT_FOUND;
            case UNAVAILABLE -> ErrorCode.UNAVAILABLE;
            case SESSION_EXPIRED -> ErrorCode.SESSION_EXPIRED;
            default -> ErrorCode.ORIGIN_REFUSED;
        };
        // This server has asked for the body by itself, and would reset the connection if it did not read it.
        exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        answer(exchange, code.httpStatus(), new ErrorBody("Told to say " + code.wire(), code.wire(), Map.of()));
    }

    private void take(HttpExchange exchange, String sha256, @Nullable Trouble trouble) throws IOException {
        if (trouble == Trouble.STALLS) {
            awaitClosing();
            return;
        }
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        if (!digest(bytes).equals(sha256)) {
            ErrorCode code = ErrorCode.DIGEST_MISMATCH;
            answer(exchange, code.httpStatus(), new ErrorBody("Other bytes.", code.wire(), Map.of()));
            return;
        }
        stored.put(sha256, bytes);
        answer(exchange, 200, Map.of("sha256", sha256, "size_bytes", bytes.length));
    }

    private void give(HttpExchange exchange, String sha256, @Nullable Trouble trouble) throws IOException {
        byte[] bytes = stored.get(sha256);
        if (bytes == null) {
            refuse(exchange, Trouble.NOT_THERE);
            return;
        }
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        OutputStream body = exchange.getResponseBody();
        if (trouble == Trouble.WRONG_BYTES) {
            body.write(new byte[bytes.length]);
            return;
        }
        int half = trouble == null ? bytes.length : bytes.length / 2;
        body.write(bytes, 0, half);
        body.flush();
        if (trouble == Trouble.STALLS) {
            awaitClosing();
        }
    }

    private void awaitClosing() {
        try {
            if (!closing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the test does not end");
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = Json.bytes(body);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
