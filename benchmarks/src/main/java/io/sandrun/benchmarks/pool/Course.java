package io.sandrun.benchmarks.pool;

import io.sandrun.benchmarks.pool.PolicyRun.Ended;
import java.util.function.Supplier;

/**
 * What many jobs in a row came to.
 *
 * @param firstTenth executions per job in the first tenth of the jobs
 * @param lastTenth likewise in the last tenth, when most nodes are proven
 * @param wrong jobs whose wrong answer was believed
 * @param failed jobs of which no answer was believed
 */
record Course(double firstTenth, double lastTenth, int wrong, int failed, double seconds) {
    static Course of(int jobs, Supplier<Ended> job) {
        int tenth = Math.max(1, jobs / 10);
        long first = 0;
        long last = 0;
        int wrong = 0;
        int failed = 0;
        long startedAtNanos = System.nanoTime();
        for (int number = 0; number < jobs; number++) {
            Ended ended = job.get();
            first += number < tenth ? ended.executions() : 0;
            last += number >= jobs - tenth ? ended.executions() : 0;
            wrong += ended.isWrong() ? 1 : 0;
            failed += ended.accepted() == null ? 1 : 0;
        }
        double seconds = (System.nanoTime() - startedAtNanos) / 1e9;
        return new Course((double) first / tenth, (double) last / tenth, wrong, failed, seconds);
    }
}
