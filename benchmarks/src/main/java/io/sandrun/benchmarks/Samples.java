package io.sandrun.benchmarks;

import java.util.Arrays;

/** Times of one thing, in nanoseconds, in the order in which they were taken. Owned by one thread. */
final class Samples {
    private final long[] nanos;
    private int count;

    Samples(int capacity) {
        nanos = new long[capacity];
    }

    void add(long sampleNanos) {
        nanos[count++] = sampleNanos;
    }

    int count() {
        return count;
    }

    /** The smallest sample that at least {@code percent} of all samples do not exceed, in milliseconds. */
    double percentileMs(double percent) {
        if (count == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        int rank = (int) Math.ceil(percent / 100 * count);
        return sorted[Math.max(0, rank - 1)] / 1e6;
    }
}
