package io.sandrun.node.attempt;

import io.sandrun.protocol.ArtifactTransfer;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.Cancellation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One attempt that this node holds the lease of. Thread-safe: its slot runs it while the heartbeat may end it. */
public final class HeldAttempt {
    private final ClaimedJob job;
    private final Cancellation cancellation = new Cancellation();
    private final long claimedNanos = System.nanoTime();
    private final long claimedAtMs = System.currentTimeMillis();
    private volatile boolean started;
    private volatile boolean lost;

    public HeldAttempt(ClaimedJob job) {
        this.job = job;
    }

    public ClaimedJob job() {
        return job;
    }

    public Cancellation cancellation() {
        return cancellation;
    }

    /** Since 1970, by this machine's clock: for people; what is measured goes by {@link #age()}. */
    public long claimedAtMs() {
        return claimedAtMs;
    }

    /** How long it is held already. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - claimedNanos);
    }

    public boolean isStarted() {
        return started;
    }

    public void markStarted() {
        started = true;
    }

    /** Whether the lease is another's or nobody's now: the outcome must not be reported. */
    public boolean isLost() {
        return lost;
    }

    /** The lease was taken away: the work is stopped at once. */
    public void lose() {
        lost = true;
        cancellation.cancel();
    }

    /** Someone wants the job ended: it is stopped, and reported as cancelled. */
    public void cancel() {
        cancellation.cancel();
    }

    /** @throws CancellationException when nobody wants the attempt any more */
    public void requireWanted() {
        if (cancellation.isCancelled()) {
            throw new CancellationException();
        }
    }

    /**
     * Waits until something is done, however it ended, or the time is over.
     *
     * @return whether it is done
     * @throws CancellationException when nobody wants the attempt any more
     */
    public boolean await(CompletableFuture<?> something, Duration atMost) throws InterruptedIOException {
        CompletableFuture<Void> unwanted = new CompletableFuture<>();
        cancellation.wakeUpWith(() -> unwanted.complete(null));
        try {
            CompletableFuture.anyOf(something, unwanted).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException over) {
            // The caller looks at what it waited for.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting");
        } finally {
            cancellation.wakeUpWith(null);
        }
        requireWanted();
        return something.isDone();
    }

    /**
     * Waits until a transfer is over.
     *
     * @throws IOException as {@link ArtifactTransfer#await}
     * @throws CancellationException when nobody wants the attempt any more: the transfer is given up
     */
    public void await(ArtifactTransfer transfer, Duration atMost) throws IOException {
        cancellation.wakeUpWith(transfer::cancel);
        try {
            transfer.await(atMost);
        } finally {
            cancellation.wakeUpWith(null);
        }
    }
}
