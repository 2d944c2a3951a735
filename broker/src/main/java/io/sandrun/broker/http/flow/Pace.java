package io.sandrun.broker.http.flow;

import io.sandrun.protocol.Limits;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast something moves: after a time to begin it must have moved so many bytes for each second, on average since
 * its start. So it may rest when it was faster before, and what is announced has an end. Thread-safe.
 */
public final class Pace {
    /** What is asked of everybody: bytes per second, after seconds to begin. */
    public static final Least LEAST = new Least(Limits.SLOWEST_BYTES_PER_SECOND, Limits.SLOW_SECONDS);

    /**
     * The least pace.
     *
     * @param seconds after which it is looked at
     */
    public record Least(long bytesPerSecond, double seconds) {
        boolean isMissed(long bytes, long nanos) {
            double counted = nanos / (double) TimeUnit.SECONDS.toNanos(1) - seconds;
            return counted > 0 && bytes < counted * bytesPerSecond;
        }
    }

    private final Least least;
    private final long startedAtNanos;
    private final AtomicLong bytes = new AtomicLong();

    /** @param nowNanos by {@link System#nanoTime()}, as all times here */
    Pace(Least least, long nowNanos) {
        this.least = least;
        this.startedAtNanos = nowNanos;
    }

    void moved(long count) {
        bytes.addAndGet(count);
    }

    boolean isTooSlow(long nowNanos) {
        return least.isMissed(bytes.get(), nowNanos - startedAtNanos);
    }
}
