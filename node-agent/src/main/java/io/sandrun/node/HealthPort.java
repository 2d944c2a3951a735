package io.sandrun.node;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Paths;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A port of the node's own, on which it says that it is there and who it is: {@code GET /health}, and nothing else. For
 * people and their monitoring: the broker never calls a node, and no work comes this way. What it says is no secret.
 * Has a few threads, which {@link #close} stops; thread-safe.
 */
public final class HealthPort implements AutoCloseable {
    /** Each answers in no time, but a slow sender holds one until {@link #REQUEST_SECONDS_MAX} is over. */
    private static final int THREADS = 4;

    /** Connections that wait for a thread; more are closed. */
    private static final int WAITING = 64;

    private static final int ACCEPT_QUEUE = 64;

    /** How long a request may take to arrive, seconds. */
    private static final int REQUEST_SECONDS_MAX = 5;

    static {
        // The only way to bound it: the JDK's server reads these when it is first used, and has no bound by itself.
        bound("sun.net.httpserver.maxReqTime");
        bound("sun.net.httpserver.maxRspTime");
    }

    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    /**
     * What is answered.
     *
     * @param status always {@code "healthy"}: one that is not does not answer
     * @param registered whether the broker has taken the node in since it started
     */
    record Health(String status, String service, String workerId, boolean registered, int slots, int activeJobs) {}

    private HealthPort(HttpServer server, Supplier<Health> health) {
        this.server = server;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), work -> {
                    Thread thread = new Thread(work, "sandrun-health-" + number.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        server.setExecutor(threads);
        server.createContext("/", request -> answer(request, health));
    }

    private static void bound(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, String.valueOf(REQUEST_SECONDS_MAX));
        }
    }

    /**
     * Opens the port; it answers when this returns.
     *
     * @param port 0 for any free one
     * @throws IOException if it cannot listen there
     */
    public static HealthPort open(String host, int port, NodeAgent node) throws IOException {
        return open(host, port, node::health);
    }

    /** Likewise for whatever has a health. */
    static HealthPort open(String host, int port, Supplier<Health> health) throws IOException {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IOException("The host %s is no address or name of this machine.".formatted(host));
        }
        try {
            HealthPort opened = new HealthPort(HttpServer.create(address, ACCEPT_QUEUE), health);
            opened.server.start();
            return opened;
        } catch (BindException taken) {
            throw new IOException(
                    "The node cannot listen at %s, port %d: %s. Name another one with --port, or 0 for any."
                            .formatted(host, port, taken.getMessage()));
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange request, Supplier<Health> health) throws IOException {
        try (request) {
            boolean isRead = request.getRequestMethod().equals("GET")
                    || request.getRequestMethod().equals("HEAD");
            if (!request.getRequestURI().getPath().equals(Paths.HEALTH)) {
                send(request, refusal(ErrorCode.NOT_FOUND, "This is a node: it answers " + Paths.HEALTH + " only."));
            } else if (!isRead) {
                request.getResponseHeaders().set("Allow", "GET, HEAD");
                send(request, refusal(ErrorCode.METHOD_NOT_ALLOWED, "This path exists, but not with this verb."));
            } else {
                send(request, new Reply(200, health.get()));
            }
        }
    }

    private record Reply(int status, Object body) {}

    private static Reply refusal(ErrorCode code, String sentence) {
        return new Reply(code.httpStatus(), new ErrorBody(sentence, code.wire(), Map.of()));
    }

    private static void send(HttpExchange request, Reply reply) throws IOException {
        byte[] body = Json.bytes(reply.body);
        Headers headers = request.getResponseHeaders();
        headers.set("Content-Type", "application/json");
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        boolean withoutBody = request.getRequestMethod().equals("HEAD");
        request.sendResponseHeaders(reply.status, withoutBody ? -1 : body.length);
        if (!withoutBody) {
            request.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
