package io.sandrun.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.Registered;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A server that answers nodes as the test says, over real HTTP. It registers everybody; to any other call it gives the
 * answer that was set for its path, and an empty object before one was.
 */
final class ScriptedBroker implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();

    /** What to answer. */
    record Answer(int status, Object body) {}

    /** What was asked. */
    record Call(String path, JsonNode body) {}

    ScriptedBroker() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.setExecutor(threads);
        server.start();
        answer("/register", 200, new Registered("node-1", 5, null));
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    void answer(String path, int status, Object body) {
        answers.put(path, new Answer(status, body));
    }

    /** The next call of this path; calls of others before it are passed over. */
    JsonNode await(String path) throws InterruptedException {
        while (true) {
            @Nullable Call call = calls.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("nobody called " + path);
            }
            if (call.path.equals(path)) {
                return call.body;
            }
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        JsonNode body = Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes());
        Answer answer = answers.getOrDefault(path, new Answer(200, Map.of()));
        byte[] bytes = Json.MAPPER.writeValueAsBytes(answer.body);
        calls.add(new Call(path, body));
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
