package io.sandrun.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** All that a WebSocket said until it was closed, and when. */
record LogFrames(String text, int closeCode, double seconds) {
    private static final long PATIENCE_SECONDS = 60;

    static LogFrames of(URI address) throws Exception {
        Listener listener = new Listener();
        WebSocket socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(address, listener)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        try {
            return listener.closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    private static final class Listener implements WebSocket.Listener {
        private final CompletableFuture<LogFrames> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private long firstNanos;
        private long lastNanos;

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            lastNanos = System.nanoTime();
            firstNanos = text.isEmpty() ? lastNanos : firstNanos;
            text.append(data);
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(new LogFrames(text.toString(), status, (lastNanos - firstNanos) / 1e9));
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            closed.completeExceptionally(failure);
        }
    }
}
