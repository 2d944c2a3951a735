package io.sandrun.broker.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.Start;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;

/** How long jobs wait for a node, how they end, and what they cost. Used on the writer's thread. */
final class JobMetrics implements JobListener {
    private final Clock clock;
    private final DistributionDataPoint claimSeconds;
    private final Map<Outcome, CounterDataPoint> ended = new EnumMap<>(Outcome.class);
    private final Map<Outcome, CounterDataPoint> attempts = new EnumMap<>(Outcome.class);
    private final Map<Start, CounterDataPoint> starts = new EnumMap<>(Start.class);
    private final CounterDataPoint sandboxSeconds;
    private final CounterDataPoint cpuSeconds;

    JobMetrics(PrometheusRegistry registry, Clock clock) {
        this.clock = clock;
        claimSeconds = Histogram.builder()
                .name("sandrun_job_claim_seconds")
                .help("From a job's submit until a node claimed it for the first time, its own not_before included.")
                .classicOnly()
                .classicUpperBounds(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10, 60, 300, 3600)
                .withoutExemplars()
                .register(registry);
        Counter jobs = Counter.builder()
                .name("sandrun_jobs_ended_total")
                .help("Jobs by their outcome; the copies of a verified job are not counted.")
                .labelNames("code")
                .withoutExemplars()
                .register(registry);
        Counter reports = Counter.builder()
                .name("sandrun_attempts_reported_total")
                .help("Attempts by the outcome that their node reported, those of copies too.")
                .labelNames("code")
                .withoutExemplars()
                .register(registry);
        for (Outcome outcome : Outcome.values()) {
            // From the start, so that a rate is known when the first of them comes.
            ended.put(outcome, jobs.labelValues(outcome.wire()));
            attempts.put(outcome, reports.labelValues(outcome.wire()));
        }
        Counter started = Counter.builder()
                .name("sandrun_starts_total")
                .help("Reported attempts by how their program's process came to be, where their node tells.")
                .labelNames("start")
                .withoutExemplars()
                .register(registry);
        for (Start start : Start.values()) {
            starts.put(start, started.labelValues(start.wire()));
        }
        sandboxSeconds = Counter.builder()
                .name("sandrun_sandbox_seconds_total")
                .help("Time that programs of reported attempts were running.")
                .withoutExemplars()
                .register(registry);
        cpuSeconds = Counter.builder()
                .name("sandrun_sandbox_cpu_seconds_total")
                .help("CPU time that programs of reported attempts took.")
                .withoutExemplars()
                .register(registry);
    }

    @Override
    public void waiting(Waiting job) {
        // The queue is counted where it is kept.
    }

    @Override
    public void assigned(JobRow job) {
        if (job.attempt() == 1) {
            claimSeconds.observe(Math.max(0, clock.millis() - job.createdAtMs()) / 1e3);
        }
    }

    @Override
    public void reported(JobRow job, AttemptEnd end) {
        count(end);
    }

    @Override
    public void failedForNow(JobRow job, AttemptEnd end) {
        count(end);
    }

    @Override
    public void faulted(JobRow job, AttemptEnd end) {
        count(end);
    }

    @Override
    public void copyReported(JobRow copy, AttemptEnd end) {
        count(end);
    }

    private void count(AttemptEnd end) {
        increment(attempts, end.outcome());
        Start start = end.phases().start();
        if (start != null) {
            increment(starts, start);
        }
        sandboxSeconds.inc(end.measures().wallTimeMs() / 1e3);
        cpuSeconds.inc(end.measures().cpuSeconds());
    }

    @Override
    public void ended(JobRow job) {
        Outcome outcome = job.outcome();
        if (outcome != null && job.copyOf() == null) {
            increment(ended, outcome);
        }
    }

    private static <K> void increment(Map<K, CounterDataPoint> counters, K kind) {
        CounterDataPoint counter = counters.get(kind);
        if (counter != null) {
            counter.inc();
        }
    }
}
