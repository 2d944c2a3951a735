package io.sandrun.node.attempt;

import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.runtime.Cancellation;
import java.time.Duration;

/** One attempt that this node holds the lease of. Thread-safe: its slot runs it while the heartbeat may end it. */
public final class HeldAttempt {
    private final ClaimedJob job;
    private final Cancellation cancellation = new Cancellation();
    private final long claimedNanos = System.nanoTime();
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
}
