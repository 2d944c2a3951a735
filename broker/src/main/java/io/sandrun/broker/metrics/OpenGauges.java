package io.sandrun.broker.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.IntSupplier;

/**
 * How many calls and connections are held open on purpose, counted by whoever holds them. Thread-safe.
 *
 * @param claims calls of nodes that wait for a job
 * @param events those who are told what goes on
 * @param logs those who watch a log
 * @param presence connections by which nodes show that they are there
 */
public record OpenGauges(IntSupplier claims, IntSupplier events, IntSupplier logs, IntSupplier presence) {
    void addTo(PrometheusRegistry metrics) {
        GaugeWithCallback.builder()
                .name("sandrun_waiting_claims")
                .help("Claims of nodes that wait for a job.")
                .callback(value -> value.call((double) claims.getAsInt()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name("sandrun_open_streams")
                .help("Open event streams and WebSockets: of onlookers, of those who watch a log, of nodes.")
                .labelNames("kind")
                .callback(value -> {
                    value.call((double) events.getAsInt(), "events");
                    value.call((double) logs.getAsInt(), "logs");
                    value.call((double) presence.getAsInt(), "presence");
                })
                .register(metrics);
    }
}
