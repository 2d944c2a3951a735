package io.sandrun.node;

import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.Cancellation;
import java.time.Duration;

/** One attempt that this node holds the lease of. Thread-safe: its slot runs it while the heartbeat may end it. */
final class HeldAttempt {
    private final ClaimedJob job;
    private final Cancellation cancellation = new Cancellation();
    private final long claimedNanos = System.nanoTime();
    private volatile boolean started;
    private volatile boolean lost;

    HeldAttempt(ClaimedJob job) {
        this.job = job;
    }

    ClaimedJob job() {
        return job;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    /** How long it is held already. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - claimedNanos);
    }

    boolean isStarted() {
        return started;
    }

    void markStarted() {
        started = true;
    }

    /** Whether the lease is another's or nobody's now: the outcome must not be reported. */
    boolean isLost() {
        return lost;
    }

    /** The lease was taken away: the work is stopped at once. */
    void lose() {
        lost = true;
        cancellation.cancel();
    }

    /** Someone wants the job ended: it is stopped, and reported as cancelled. */
    void cancel() {
        cancellation.cancel();
    }
}
