package io.sandrun.broker.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sandrun.broker.store.CommitWatch;

/** How large transactions are, and how long the disk takes. Thread-safe. */
final class StoreMetrics implements CommitWatch {
    private final DistributionDataPoint operations;
    private final DistributionDataPoint seconds;
    private final CounterDataPoint failures;

    StoreMetrics(PrometheusRegistry registry) {
        operations = Histogram.builder()
                .name("sandrun_store_commit_operations")
                .help("Operations that shared one transaction.")
                .classicOnly()
                .classicUpperBounds(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
                .withoutExemplars()
                .register(registry);
        seconds = Histogram.builder()
                .name("sandrun_store_commit_seconds")
                .help("From the begin of a transaction until it was on disk.")
                .classicOnly()
                .classicUpperBounds(0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5)
                .withoutExemplars()
                .register(registry);
        failures = Counter.builder()
                .name("sandrun_store_commits_failed_total")
                .help("Transactions that were not written: the disk or the database refused.")
                .withoutExemplars()
                .register(registry);
    }

    @Override
    public void committed(int count, long nanos) {
        operations.observe(count);
        seconds.observe(nanos / 1e9);
    }

    @Override
    public void failed() {
        failures.inc();
    }
}
