package io.sandrun.broker.feed;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How long things took, counted in steps that are a sixth apart or less, from a millisecond to a day: a quantile of any
 * number of them costs the same. Not thread-safe.
 */
final class Latencies {
    private static final int STEPS_OF_OCTAVE = 4;
    private static final int OCTAVES = 27;

    private final int[] counts = new int[OCTAVES * STEPS_OF_OCTAVE + 1];
    private int total;

    void add(long ms) {
        counts[step(Math.max(ms, 0))]++;
        total++;
    }

    /** Begins anew. */
    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    /**
     * What this part of them did not exceed, milliseconds; null where there was none.
     *
     * @param part from 0 to 1
     */
    @Nullable
    Long quantile(double part) {
        if (total == 0) {
            return null;
        }
        long wanted = Math.max(1, (long) Math.ceil(part * total));
        int step = 0;
        long seen = counts[0];
        while (seen < wanted) {
            step++;
            seen += counts[step];
        }
        return upperEnd(step);
    }

    /** Zero and one millisecond are the first step; then each octave has the same number of them. */
    private int step(long ms) {
        if (ms <= 1) {
            return 0;
        }
        double octaves = Math.log((double) ms) / Math.log(2);
        return Math.min(counts.length - 1, (int) Math.ceil(octaves * STEPS_OF_OCTAVE));
    }

    private static long upperEnd(int step) {
        return Math.round(Math.pow(2, step / (double) STEPS_OF_OCTAVE));
    }
}
