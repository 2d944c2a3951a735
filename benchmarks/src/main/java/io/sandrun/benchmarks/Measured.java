package io.sandrun.benchmarks;

import java.time.Duration;

/**
 * How long a number of jobs took, and what they cost both sides.
 *
 * @param brokerNanos CPU time of the broker
 * @param generatorNanos CPU time of this process
 */
record Measured(int jobs, long wallNanos, long brokerNanos, long generatorNanos) {
    /** A running measurement. */
    static final class Clock {
        private final BrokerProcess broker;
        private final long brokerNanos;
        private final long generatorNanos = ownNanos();
        private final long start;

        private Clock(BrokerProcess broker) {
            this.broker = broker;
            this.brokerNanos = broker.cpuNanos();
            this.start = System.nanoTime();
        }

        static Clock start(BrokerProcess broker) {
            return new Clock(broker);
        }

        Measured stop(int jobs) {
            long wallNanos = System.nanoTime() - start;
            return new Measured(jobs, wallNanos, broker.cpuNanos() - brokerNanos, ownNanos() - generatorNanos);
        }
    }

    /** CPU time of this process. */
    static long ownNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    double perSecond() {
        return jobs * 1e9 / wallNanos;
    }

    static void printHeader() {
        System.out.printf("%-58s %9s %8s %14s %14s%n", "", "jobs/s", "x anchor", "broker us/job", "load us/job");
    }

    /** @param anchor rows/s of SQLite with one row a commit */
    void print(String what, double anchor) {
        System.out.printf(
                "%-58s %,9.0f %8.2f %14.0f %14.0f%n",
                what, perSecond(), perSecond() / anchor, brokerNanos / 1e3 / jobs, generatorNanos / 1e3 / jobs);
    }
}
