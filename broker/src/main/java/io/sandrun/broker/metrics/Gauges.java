package io.sandrun.broker.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.node.NodeState;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.Store;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Optional;

/**
 * How things stand, looked up for whoever asks. Thread-safe.
 *
 * @param counts of the queue
 * @param classes what the classes of the queue are
 * @param registry the nodes
 * @param store tells who has what
 */
public record Gauges(QueueCounts counts, RequirementClasses classes, NodeRegistry registry, Store store) {
    /** Classes that are told apart, the longest queues: each is a time series, and there may be thousands. */
    private static final int CLASSES_MAX = 50;

    private static final String OTHER = "other";
    private static final String NONE = "";

    void addTo(PrometheusRegistry metrics) {
        GaugeWithCallback.builder()
                .name("sandrun_queue_jobs")
                .help("Jobs that wait for a node, by what they ask of it; the longest " + CLASSES_MAX
                        + " queues, and all others in one.")
                .labelNames("class", "interpreter", "environment")
                .callback(this::queues)
                .register(metrics);
        GaugeWithCallback.builder()
                .name("sandrun_leased_jobs")
                .help("Jobs that nodes have.")
                .callback(value -> value.call((double) counts.leased()))
                .register(metrics);
        CounterWithCallback.builder()
                .name("sandrun_jobs_queued_total")
                .help("Jobs that came to wait for a node, copies of verified jobs among them.")
                .callback(value -> value.call((double) counts.submitted()))
                .register(metrics);
        GaugeWithCallback.builder()
                .name("sandrun_nodes")
                .help("Nodes that are remembered, by their state.")
                .labelNames("state")
                .callback(this::nodes)
                .register(metrics);
        GaugeWithCallback.builder()
                .name("sandrun_node_slots")
                .help("Places for jobs on the nodes that get work.")
                .callback(value -> value.call(registry.working().stream()
                        .mapToInt(node -> node.capabilities().slots())
                        .sum()))
                .register(metrics);
    }

    private void queues(GaugeWithCallback.Callback value) {
        List<Entry<Long, Long>> longestFirst = counts.pendingByClass().entrySet().stream()
                .sorted(Entry.<Long, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Entry.comparingByKey()))
                .toList();
        long others = 0;
        for (int place = 0; place < longestFirst.size(); place++) {
            long id = longestFirst.get(place).getKey();
            long jobs = longestFirst.get(place).getValue();
            Optional<String[]> labels = place < CLASSES_MAX ? labels(id) : Optional.empty();
            if (labels.isPresent()) {
                value.call((double) jobs, labels.get());
            } else {
                others += jobs;
            }
        }
        value.call((double) others, OTHER, NONE, NONE);
    }

    private Optional<String[]> labels(long classId) {
        return classes.find(classId).map(needs -> {
            String environment = needs.environment();
            return new String[] {Long.toString(classId), needs.interpreter(), environment == null ? NONE : environment};
        });
    }

    private void nodes(GaugeWithCallback.Callback value) {
        Map<String, Integer> running = store.read(tables -> tables.jobs().countLeasedByNode());
        Map<NodeState, Integer> nodes = new EnumMap<>(NodeState.class);
        for (Node node : registry.all()) {
            nodes.merge(NodeState.of(node, registry, running.getOrDefault(node.id(), 0)), 1, Integer::sum);
        }
        for (NodeState state : NodeState.values()) {
            value.call(nodes.getOrDefault(state, 0), state.wire());
        }
    }
}
