package io.sandrun.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.transfer.MultipartForm;
import io.sandrun.protocol.transfer.Progress;
import io.sandrun.protocol.transfer.Transfers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries requests to one broker, with what shows who sends them, and answers back. Each theme of calls is a client of
 * its own on top of this. Thread-safe.
 */
final class Exchange implements AutoCloseable {
    /** What a call may take beside the time that it asked to wait, seconds: a busy disk, a slow uplink. */
    static final double ANSWER_SECONDS = 20;

    private final BrokerAddress broker;
    private final String baseUrl;
    private final HttpClient http;
    private final Answers answers;
    private final Transfers transfers;
    private final Caller caller;

    /** Made at its first use: only nodes need it. */
    private @Nullable ShortCalls shortCalls;

    Exchange(BrokerAddress broker, @Nullable NodeCredentials credentials) {
        this.broker = broker;
        this.caller = new Caller(broker.apiKey(), credentials);
        this.baseUrl = Connections.base(broker.url());
        this.answers = new Answers(baseUrl);
        this.http = Connections.client(broker);
        this.transfers = new Transfers(http);
    }

    String baseUrl() {
        return baseUrl;
    }

    Caller caller() {
        return caller;
    }

    HttpRequest get(String pathAndQuery, double timeoutSeconds) {
        return request(pathAndQuery, timeoutSeconds).GET().build();
    }

    HttpRequest post(String path, Object body, double timeoutSeconds) {
        return post(path, Json.bytes(body), timeoutSeconds);
    }

    private HttpRequest post(String path, byte[] json, double timeoutSeconds) {
        HttpRequest.Builder request = request(path, timeoutSeconds)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(json));
        caller.inSession(request::setHeader, "POST", path, json);
        return request.build();
    }

    HttpRequest.Builder request(String pathAndQuery, double timeoutSeconds) {
        return untimed(pathAndQuery).timeout(Duration.ofMillis((long) (timeoutSeconds * 1e3)));
    }

    HttpRequest.Builder untimed(String pathAndQuery) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(baseUrl + pathAndQuery)).header("Accept", "application/json");
        caller.identify(request::header);
        return request;
    }

    /** Opens a WebSocket. */
    CompletableFuture<WebSocket> socket(String pathAndQuery, WebSocket.Listener listener) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(Connections.CONNECT_TIMEOUT);
        caller.identify(builder::header);
        caller.inSession(builder::header, "GET", pathAndQuery, Caller.NOTHING);
        return builder.buildAsync(URI.create(baseUrl.replaceFirst("(?i)^http", "ws") + pathAndQuery), listener);
    }

    /** The answer as JSON. */
    JsonNode tree(HttpRequest request) throws IOException {
        return answers.tree(call(request));
    }

    /** Posts a form, and reads the answer as JSON. */
    JsonNode tree(HttpRequest.Builder request, MultipartForm form, Progress progress) throws IOException {
        try {
            return answers.tree(answers.orThrow(transfers.post(request, form, progress)));
        } catch (ExecutionException | CompletionException failed) {
            throw readable(failed.getCause());
        }
    }

    void download(HttpRequest request, Path target, Progress progress) throws IOException {
        try {
            transfers.download(request, target, progress).fetch().ifPresent(answers::orThrow);
        } catch (ExecutionException | CompletionException failed) {
            throw readable(failed.getCause());
        }
    }

    <T> T value(HttpRequest request, Class<T> type) throws IOException {
        return value(call(request), type);
    }

    <T> T value(HttpResponse<byte[]> answer, Class<T> type) throws IOException {
        return answers.value(answer, type);
    }

    /** Posts at once, by the thread that calls, and waits for the answer. */
    HttpResponse<byte[]> postNow(String path, Object body) throws IOException {
        byte[] json = Json.bytes(body);
        try {
            return orThrow(shortCalls().send(post(path, json, ANSWER_SECONDS), json));
        } catch (ClosedByInterruptException interrupted) {
            throw new InterruptedIOException("interrupted while waiting for " + baseUrl);
        } catch (IOException | CompletionException failed) {
            throw readable(failed);
        }
    }

    /** Posts; the answer's value may come late, and cancelling the future that is returned gives up the exchange. */
    <T> CompletableFuture<T> postLater(String path, Object body, double timeoutSeconds, Class<T> type) {
        byte[] json = Json.bytes(body);
        CompletableFuture<HttpResponse<byte[]>> exchange =
                shortCalls().sendLater(post(path, json, timeoutSeconds), json);
        CompletableFuture<T> value = exchange.thenApply(this::orThrow).thenApply(answer -> {
            try {
                return value(answer, type);
            } catch (IOException broken) {
                throw new CompletionException(broken);
            }
        });
        var unused = value.whenComplete((done, failure) -> {
            if (value.isCancelled()) {
                exchange.cancel(true);
            }
        });
        return value;
    }

    private synchronized ShortCalls shortCalls() {
        if (shortCalls == null) {
            shortCalls = new ShortCalls(broker);
        }
        return shortCalls;
    }

    /** Gives up what was posted now or later. */
    @Override
    public synchronized void close() {
        if (shortCalls != null) {
            shortCalls.close();
        }
    }

    private HttpResponse<byte[]> orThrow(HttpResponse<byte[]> answer) {
        return answers.orThrow(caller.ofBroker(answer));
    }

    /** Waits for the answer. */
    HttpResponse<byte[]> call(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> answer =
                http.sendAsync(request, BodyHandlers.ofByteArray()).thenApply(this::orThrow);
        try {
            return answer.get();
        } catch (InterruptedException interrupted) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + baseUrl);
        } catch (ExecutionException failed) {
            throw readable(failed.getCause());
        }
    }

    /** The cause of a failed call as an exception whose message names the broker and says what to do. */
    IOException readable(@Nullable Throwable cause) {
        return answers.readable(cause);
    }

    /** One path segment of what may be anything that a user typed. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String segments(String path) {
        return Arrays.stream(path.split("/", -1)).map(Exchange::segment).collect(Collectors.joining("/"));
    }
}
