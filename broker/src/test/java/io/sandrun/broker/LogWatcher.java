package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A client that watches a log over a WebSocket, and what it was sent. */
public final class LogWatcher implements WebSocket.Listener {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final long PATIENCE_SECONDS = 30;

    private final List<String> messages = new ArrayList<>();
    private final StringBuilder message = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile String farewell = "";
    private @Nullable WebSocket socket;

    /** @param path such as {@code /logs/ID/stream?format=json} */
    public static LogWatcher open(String brokerUrl, String path) {
        return open(brokerUrl, path, builder -> builder);
    }

    /** Likewise with headers or protocols. */
    public static LogWatcher open(String brokerUrl, String path, UnaryOperator<WebSocket.Builder> handshake) {
        LogWatcher watcher = new LogWatcher();
        watcher.socket = answer(handshake
                .apply(CLIENT.newWebSocketBuilder())
                .buildAsync(URI.create(brokerUrl.replace("http", "ws") + path), watcher));
        return watcher;
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
            messages.add(message.toString());
            message.setLength(0);
            notifyAll();
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        farewell = reason;
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closed.completeExceptionally(failure);
    }

    /** Waits for the end; the code of it. */
    public int awaitClose() {
        return answer(closed);
    }

    public String farewell() {
        return farewell;
    }

    public synchronized List<String> messages() {
        return List.copyOf(messages);
    }

    public String text() {
        return String.join("", messages());
    }

    /** The frames of {@code format=json}. */
    public List<JsonNode> frames() {
        return messages().stream().map(each -> Json.read(each, JsonNode.class)).toList();
    }

    /** Waits until so much text has come. */
    public synchronized String awaitText(int length) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (text().length() < length) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(endNanos - System.nanoTime());
            if (leftMs <= 0) {
                throw new AssertionError("got only " + text());
            }
            wait(leftMs);
        }
        return text();
    }

    /** Says something, which no watcher has to. */
    public void send(String text) {
        if (socket != null) {
            var unused = socket.sendText(text, true);
        }
    }

    public void abort() {
        if (socket != null) {
            socket.abort();
        }
    }
}
