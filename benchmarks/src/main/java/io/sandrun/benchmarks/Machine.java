package io.sandrun.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Where and when a benchmark ran: a figure means little without it. */
public final class Machine {
    private Machine() {}

    /** The load average tells whether others used the machine as well. */
    public static void print() {
        System.out.printf(
                "%s, %d cores, load average %.1f before the start, Linux %s, Java %s%n",
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("os.version"),
                System.getProperty("java.version"));
    }
}
