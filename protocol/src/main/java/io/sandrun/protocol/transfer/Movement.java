package io.sandrun.protocol.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How far a transfer is, and whether it still moves: a large one may take hours, but not stand still. Thread-safe. */
final class Movement {
    private final Progress progress;
    private long total = -1;
    private long bytes;
    private volatile long lastNanos = System.nanoTime();

    Movement(Progress progress, long bytes) {
        this.progress = progress;
        this.bytes = bytes;
    }

    /** It begins, after so many bytes of so many, or of -1 while nobody knows. */
    synchronized void expect(long already, long all) {
        bytes = already;
        total = all;
        moved(0);
    }

    synchronized void moved(long more) {
        bytes += more;
        lastNanos = System.nanoTime();
        progress.moved(bytes, total);
    }

    synchronized long bytes() {
        return bytes;
    }

    /**
     * Waits for the end of an exchange as long as something moves, and gives it up otherwise.
     *
     * @param patience how long nothing may move
     * @throws ExecutionException when the exchange failed
     * @throws TransferStalledException when it stood still
     */
    <T> T await(CompletableFuture<T> exchange, Duration patience) throws IOException, ExecutionException {
        try {
            while (true) {
                long leftNanos = lastNanos + patience.toNanos() - System.nanoTime();
                if (leftNanos <= 0) {
                    exchange.cancel(true);
                    throw new TransferStalledException(patience);
                }
                try {
                    return exchange.get(leftNanos, TimeUnit.NANOSECONDS);
                } catch (TimeoutException perhapsMoved) {
                    // The time since the last movement decides.
                }
            }
        } catch (InterruptedException interrupted) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted during a transfer");
        }
    }
}
