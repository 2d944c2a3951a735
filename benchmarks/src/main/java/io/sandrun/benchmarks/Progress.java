package io.sandrun.benchmarks;

import java.util.concurrent.TimeUnit;

/** Tells whoever waits for a table how far its next row is, beside the table: on standard error. One thread. */
final class Progress {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String what;
    private final int steps;
    private int done;
    private long toldNanos = System.nanoTime();

    Progress(String what, int steps) {
        this.what = what;
        this.steps = steps;
    }

    /** One step more; told now and then. */
    void step() {
        done++;
        if (System.nanoTime() - toldNanos >= PAUSE_NANOS) {
            toldNanos = System.nanoTime();
            System.err.printf("  %s: %d of %d%n", what, done, steps);
        }
    }
}
