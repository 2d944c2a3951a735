package io.sandrun.broker.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.store.CommitWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;

/**
 * What a broker tells machines that watch it, in the text form of Prometheus. What happens is counted as it happens,
 * with a few additions each; how things stand is looked up when somebody asks. Thread-safe.
 */
public final class Metrics {
    private static final int USUAL_BYTES = 32 * 1024;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final StoreMetrics commits = new StoreMetrics(registry);
    private final HttpMetrics http = new HttpMetrics(registry);
    private final JobMetrics jobs;

    public Metrics(Clock clock) {
        jobs = new JobMetrics(registry, clock);
        addProcess();
    }

    /** Of Java all but what would have to listen to the garbage collector for as long as the process lives. */
    private void addProcess() {
        ProcessMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
    }

    /** Looks these up from now on, too. To be called once. */
    public void show(Gauges gauges) {
        gauges.addTo(registry);
    }

    /** Likewise. */
    public void show(OpenGauges gauges) {
        gauges.addTo(registry);
    }

    /** Counts transactions. */
    public CommitWatch commits() {
        return commits;
    }

    /** Counts what becomes of jobs. */
    public JobListener jobs() {
        return jobs;
    }

    /** Counts requests. */
    public HttpMetrics http() {
        return http;
    }

    public String contentType() {
        return writer.getContentType();
    }

    /** All of it as it is now. Blocks for a read of the store. */
    public byte[] text() {
        ByteArrayOutputStream text = new ByteArrayOutputStream(USUAL_BYTES);
        try {
            writer.write(text, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toByteArray();
    }
}
