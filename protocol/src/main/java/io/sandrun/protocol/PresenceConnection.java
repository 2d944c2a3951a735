package io.sandrun.protocol;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An open connection that tells the broker, by nothing but being open, that a node is there. The broker pings it;
 * nothing else is said. Thread-safe.
 */
public final class PresenceConnection implements AutoCloseable {
    private static final long FAREWELL_TIMEOUT_SECONDS = 2;

    private final WebSocket socket;
    private final Ears ears;

    PresenceConnection(WebSocket socket, Ears ears) {
        this.socket = socket;
        this.ears = ears;
    }

    /** Hears of the connection's end, and of each ping, which the JDK answers by itself. */
    static final class Ears implements WebSocket.Listener {
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private volatile long heardAtNanos = System.nanoTime();

        @Override
        public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
            heardAtNanos = System.nanoTime();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            ended.complete(null);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            ended.complete(null);
        }
    }

    /** Completes when the connection has ended, however; fails never. */
    public CompletableFuture<Void> ended() {
        return ears.ended.copy();
    }

    /** Since the broker's last ping, or since the beginning. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - ears.heardAtNanos);
    }

    /** Says farewell and closes; waits a moment for the farewell to be sent, and for nothing else. */
    @Override
    public void close() {
        var unused = socket.sendClose(WebSocket.NORMAL_CLOSURE, "")
                .orTimeout(FAREWELL_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .handle((sent, failure) -> failure)
                .join();
        socket.abort();
    }
}
