package io.sandrun.broker;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.ApiKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A real broker on a free port, and what a test says to it over HTTP. */
public final class BrokerUnderTest implements AutoCloseable {
    /** Above every wait that a test asks for. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Broker broker;
    private final Clock clock;
    private final @Nullable String apiKey;

    private BrokerUnderTest(Broker broker, Clock clock, @Nullable String apiKey) {
        this.broker = broker;
        this.clock = clock;
        this.apiKey = apiKey;
    }

    /** The same broker, to which every request shows this API key. */
    public BrokerUnderTest as(String key) {
        return new BrokerUnderTest(broker, clock, key);
    }

    /** Another broker, to which every request shows the API key of this one's. */
    public BrokerUnderTest at(BrokerUnderTest place) {
        return new BrokerUnderTest(place.broker, place.clock, apiKey);
    }

    /** Makes an API key, and answers it. */
    public String key(String role) {
        Reply reply = post("/keys", Map.of("role", role));
        if (reply.status() != 200) {
            throw new AssertionError("a key was answered with " + reply);
        }
        return reply.text("key");
    }

    public static BrokerUnderTest start(Path directory) {
        return start(directory, settings -> settings, Clock.systemUTC());
    }

    public static BrokerUnderTest start(Path directory, UnaryOperator<BrokerConfig.Builder> settings) {
        return start(directory, settings, Clock.systemUTC());
    }

    public static BrokerUnderTest start(Path directory, UnaryOperator<BrokerConfig.Builder> settings, Clock clock) {
        return start(directory, settings, clock, WriteObserver.NONE);
    }

    public static BrokerUnderTest start(
            Path directory, UnaryOperator<BrokerConfig.Builder> settings, Clock clock, WriteObserver observer) {
        BrokerConfig config = settings.apply(
                        BrokerConfig.builder(directory).port(0).allowUnsignedNodes(true))
                .build();
        return new BrokerUnderTest(Broker.start(config, clock, observer), clock, null);
    }

    /** An answer, its body read as JSON where it is. */
    public record Reply(int status, JsonNode body, HttpResponse<String> raw) {
        public String text(String field) {
            return body.path(field).asText();
        }
    }

    public String url() {
        return broker.url();
    }

    /** What the broker takes for the time. */
    public Clock clock() {
        return clock;
    }

    public int port() {
        return broker.port();
    }

    public Reply get(String path) {
        return send(request(path).GET());
    }

    public Reply post(String path, Object body) {
        return answer(postLater(path, body));
    }

    /** Sends without waiting for the answer. */
    public CompletableFuture<Reply> postLater(String path, Object body) {
        return sendLater(posting(path, body));
    }

    /** Likewise with the header {@code Authorization}. */
    public CompletableFuture<Reply> postLater(String path, Object body, String authorization) {
        return sendLater(posting(path, body).header("Authorization", authorization));
    }

    private HttpRequest.Builder posting(String path, Object body) {
        String json = body instanceof String text ? text : Json.write(body);
        return request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json));
    }

    public CompletableFuture<Reply> getLater(String path) {
        return sendLater(request(path).GET());
    }

    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(broker.url() + path)).timeout(ANSWER_TIMEOUT);
        return apiKey == null ? request : request.header(ApiKey.HEADER, apiKey);
    }

    public Reply send(HttpRequest.Builder request) {
        return answer(sendLater(request));
    }

    static CompletableFuture<Reply> sendLater(HttpRequest.Builder request) {
        return CLIENT.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(BrokerUnderTest::reply);
    }

    /** Waits for an answer. */
    public static <T> T answer(CompletableFuture<T> later) {
        return later.orTimeout(ANSWER_TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Asks again and again: for what has no answer that one could wait for. */
    public static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + ANSWER_TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain");
            }
        }
    }

    /** What the broker tells of a node. */
    public JsonNode node(String nodeId) {
        for (JsonNode known : get("/nodes").body().path("nodes")) {
            if (known.path("id").asText().equals(nodeId)) {
                return known;
            }
        }
        throw new AssertionError("unknown: " + nodeId);
    }

    private static Reply reply(HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        JsonNode body = type.startsWith("application/json") && !response.body().isEmpty()
                ? Json.read(response.body(), JsonNode.class)
                : Json.MAPPER.createObjectNode();
        return new Reply(response.statusCode(), body, response);
    }

    /** Submits a program and answers its job's id. */
    public String submit(String code) {
        return submit(Map.of("code", code));
    }

    public String submit(Map<String, ?> job) {
        Reply reply = post("/submit", job);
        if (reply.status() != 200) {
            throw new AssertionError("submit was answered " + reply);
        }
        return reply.text("job_id");
    }

    /** The job's state now. */
    public String state(String jobId) {
        return get("/status/" + jobId).text("state");
    }

    /** The job's result when it has one. */
    public JsonNode result(String jobId) {
        Reply reply = get("/results/" + jobId + "?wait=20");
        if (reply.status() != 200) {
            throw new AssertionError("results was answered " + reply);
        }
        return reply.body();
    }

    @Override
    public void close() {
        broker.close();
    }
}
