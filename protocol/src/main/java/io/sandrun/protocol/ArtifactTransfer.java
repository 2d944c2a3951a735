package io.sandrun.protocol;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** An artifact on its way, which has begun. Thread-safe; one waits for it, anybody may cancel it. */
public final class ArtifactTransfer {
    private final String baseUrl;
    private final Answers answers;
    private final CompletableFuture<HttpResponse<byte[]>> exchange;
    private final CompletableFuture<HttpResponse<byte[]>> answer;
    private final AtomicLong moved;
    private volatile boolean cancelled;

    /** @param baseUrl of the broker, for messages */
    ArtifactTransfer(
            String baseUrl, Answers answers, CompletableFuture<HttpResponse<byte[]>> exchange, AtomicLong moved) {
        this.baseUrl = baseUrl;
        this.answers = answers;
        this.exchange = exchange;
        this.answer = exchange.thenApply(answers::orThrow);
        this.moved = moved;
    }

    /** Gives it up; whoever waits for it gets a {@link CancellationException}. */
    public void cancel() {
        // The HTTP client may end the call with an exception of its own before the cancel of its future takes effect.
        cancelled = true;
        answer.cancel(true);
        exchange.cancel(true);
    }

    /**
     * Waits until all of it has moved. One that does not move at all for {@link Limits#TRANSFER_IDLE_SECONDS} is given
     * up before its time.
     *
     * @throws BrokerException if the broker refused it
     * @throws IOException if the connection broke, nothing moved, the time was over, or the sink failed
     * @throws CancellationException if it was cancelled
     */
    public void await(Duration atMost) throws IOException {
        long endNanos = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                long before = moved.get();
                long leftNanos = endNanos - System.nanoTime();
                if (isOver(Math.min(leftNanos, TimeUnit.SECONDS.toNanos(Limits.TRANSFER_IDLE_SECONDS)))) {
                    return;
                }
                boolean isLate = endNanos - System.nanoTime() <= 0;
                if (isLate || moved.get() == before) {
                    cancel();
                    throw new IOException("The broker at %s %s."
                            .formatted(
                                    baseUrl,
                                    isLate ? "took too long for an artifact" : "did not move on with an artifact"));
                }
            }
        } catch (InterruptedException interrupted) {
            cancel();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + baseUrl);
        } catch (ExecutionException failed) {
            if (cancelled) {
                throw new CancellationException();
            }
            throw answers.readable(failed.getCause());
        }
    }

    private boolean isOver(long nanos) throws InterruptedException, ExecutionException {
        try {
            answer.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException goesOn) {
            return false;
        }
    }
}
