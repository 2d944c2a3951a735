package io.sandrun.broker.metrics;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Requests by route, as the routes are written and not as they are asked for, and by status. Thread-safe. */
public final class HttpMetrics {
    private static final int STATUS_CLASSES = 6;

    private final Histogram seconds;

    HttpMetrics(PrometheusRegistry registry) {
        seconds = Histogram.builder()
                .name("sandrun_http_request_seconds")
                .help("Requests that were answered; one that waits for a job takes as long as it waits.")
                .labelNames("method", "route", "status")
                .classicOnly()
                .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60, 300)
                .withoutExemplars()
                .register(registry);
    }

    /** Those of one route; to be made once and kept. */
    public Route route(String method, String path) {
        return new Route(method, path);
    }

    /** Counts with no more than a few additions. */
    public final class Route {
        private final String method;
        private final String path;

        /** By the hundreds of the status; made when the first of them is answered. */
        private final AtomicReferenceArray<DistributionDataPoint> byStatus = new AtomicReferenceArray<>(STATUS_CLASSES);

        private Route(String method, String path) {
            this.method = method;
            this.path = path;
        }

        public void answered(int status, double tookSeconds) {
            int hundreds = Math.min(STATUS_CLASSES - 1, Math.max(0, status / 100));
            DistributionDataPoint known = byStatus.get(hundreds);
            if (known == null) {
                known = seconds.labelValues(method, path, hundreds + "xx");
                byStatus.set(hundreds, known);
            }
            known.observe(tookSeconds);
        }
    }
}
