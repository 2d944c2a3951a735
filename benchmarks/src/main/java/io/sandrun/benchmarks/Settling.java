package io.sandrun.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What goes before a measurement of a broker and a node that have been up for long: the same jobs, window after window,
 * until Java's compiler has little left to do. Until then it takes more than the jobs do. What the first window got is
 * told as well, since a broker and a node that were just started are like that.
 *
 * @param windowJobs jobs of a window
 * @param jobsMost in all; then it is measured as it is
 * @param timeMost likewise, looked at after each window
 */
record Settling(int windowJobs, int jobsMost, Duration timeMost) {
    static final Settling WHOLE = new Settling(1_000, 24_000, Duration.ofMinutes(4));

    /** After another that was whole. */
    static final Settling SHORT = new Settling(250, 2_000, Duration.ofSeconds(30));

    /** Of the process's CPU time: less is no more than what rare paths bring as long as a process lives. */
    private static final double QUIET_SHARE = 0.05;

    /** Runs so many jobs. */
    @FunctionalInterface
    interface Window {
        void run(int jobs) throws IOException;
    }

    /** @param out is told how many jobs it took */
    void settle(PrintStream out, Window window) throws IOException {
        long begin = System.nanoTime();
        double share = 1;
        int jobs = 0;
        while (share > QUIET_SHARE && jobs < jobsMost && System.nanoTime() - begin < timeMost.toNanos()) {
            long windowBegin = System.nanoTime();
            share = compilersShare(window);
            jobs += windowJobs;
            if (jobs == windowJobs) {
                double seconds = (System.nanoTime() - windowBegin) / 1e9;
                out.printf(
                        "the first %d jobs: %.1f jobs/s, %.2f ms a job%n", jobs, jobs / seconds, seconds * 1e3 / jobs);
            }
            System.err.printf("  %d jobs before: Java's compiler takes %.0f %% of the CPU time%n", jobs, 100 * share);
        }
        out.printf(
                "measured after %d jobs, in the last %d of which Java's compiler took %.1f %% of the CPU time%s%n",
                jobs, windowJobs, 100 * share, share > QUIET_SHARE ? ": not settled" : "");
    }

    /** By the compiler's own clock, which also runs while it waits for a processor: rather too much than too little. */
    private double compilersShare(Window window) throws IOException {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long compiledMs = compiler.getTotalCompilationTime();
        long ownNanos = Measured.ownNanos();
        window.run(windowJobs);
        long spentMs = TimeUnit.NANOSECONDS.toMillis(Measured.ownNanos() - ownNanos);
        long atWorkMs = compiler.getTotalCompilationTime() - compiledMs;
        return Math.min(1, (double) atWorkMs / Math.max(1, spentMs));
    }
}
