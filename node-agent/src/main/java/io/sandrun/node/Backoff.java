package io.sandrun.node;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after the n-th failure in a row: doubling from 100 ms to 10 s, spread by half so that a thousand
 * nodes do not return to a restarted broker in one instant. Owned by one thread.
 */
public final class Backoff {
    private static final long FIRST_MS = 100;
    private static final long LONGEST_MS = 10_000;

    private long nextMs = FIRST_MS;

    public void reset() {
        nextMs = FIRST_MS;
    }

    public Duration next() {
        long spreadMs = nextMs / 2 + ThreadLocalRandom.current().nextLong(nextMs / 2 + 1);
        nextMs = Math.min(LONGEST_MS, nextMs * 2);
        return Duration.ofMillis(spreadMs);
    }
}
