package io.sandrun.benchmarks;

import java.time.Duration;

/**
 * Pieces of work that take microseconds, each done again and again for a while, in turn; what the last of several
 * rounds came to counts, when all of the code is compiled. One thread.
 */
final class Repeated {
    private static final long ROUND_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int ROUNDS = 5;

    private Repeated() {}

    /** One piece. */
    @FunctionalInterface
    interface Work {
        boolean succeeds() throws Exception;
    }

    /** How long each takes, in microseconds. */
    static double[] micros(Work... works) throws Exception {
        double[] micros = new double[works.length];
        for (int round = 0; round < ROUNDS; round++) {
            for (int index = 0; index < works.length; index++) {
                micros[index] = micros(works[index]);
            }
        }
        return micros;
    }

    private static double micros(Work work) throws Exception {
        int times = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < ROUND_NANOS) {
            if (!work.succeeds()) {
                throw new IllegalStateException("a piece of work failed");
            }
            times++;
        }
        return (System.nanoTime() - start) / 1e3 / times;
    }
}
