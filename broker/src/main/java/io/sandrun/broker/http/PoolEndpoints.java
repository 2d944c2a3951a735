package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.pool.PoolWorker;
import io.sandrun.broker.store.Store;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What tells of the workers together: those on the list of a trusted pool, or whoever came to an open one. */
final class PoolEndpoints {
    private final Pool pool;
    private final NodeRegistry registry;
    private final QueueCounts counts;
    private final Store store;

    PoolEndpoints(Rooms.Nodes nodes, QueueCounts counts, Store store) {
        this.pool = nodes.pool();
        this.registry = nodes.registry();
        this.counts = counts;
        this.store = store;
    }

    /**
     * @param totalJobs that are remembered, ended ones included
     * @param trusted whether only workers of a list may work here
     */
    record Page(
            int totalWorkers,
            int healthyWorkers,
            long totalJobs,
            long queuedJobs,
            boolean trusted,
            List<Worker> workers) {}

    /**
     * @param workerId its public key; of an older node without one its id
     * @param endpoint empty where nobody said
     * @param isHealthy whether it was heard of within NODE_TIMEOUT
     * @param lastHealthCheck when it was last heard of, seconds since 1970; 0 for one that never came
     */
    record Worker(
            String workerId,
            String endpoint,
            boolean isHealthy,
            int activeJobs,
            int maxConcurrentJobs,
            double lastHealthCheck) {}

    CompletableFuture<Answer> pool(Context request) {
        Map<String, Integer> active = store.read(tables -> tables.jobs().countLeasedByNode());
        List<Worker> workers = pool.isTrusted()
                ? pool.workers().stream().map(worker -> listed(worker, active)).toList()
                : registry.all().stream()
                        .sorted(Comparator.comparing(Node::id))
                        .map(node -> come(node, active))
                        .toList();
        return CompletableFuture.completedFuture(Answer.ok(new Page(
                workers.size(),
                (int) workers.stream().filter(Worker::isHealthy).count(),
                counts.remembered(),
                counts.pending(),
                pool.isTrusted(),
                workers)));
    }

    private Worker listed(PoolWorker worker, Map<String, Integer> active) {
        Node node = registry.findByWorkerId(worker.workerId());
        String endpoint =
                worker.endpoint().isEmpty() && node != null ? node.profile().endpoint() : worker.endpoint();
        return worker(worker.workerId(), endpoint, node, active, worker.maxConcurrentJobs());
    }

    private Worker come(Node node, Map<String, Integer> active) {
        String workerId = Objects.requireNonNullElse(node.workerId(), node.id());
        return worker(
                workerId,
                node.profile().endpoint(),
                node,
                active,
                node.capabilities().slots());
    }

    private Worker worker(
            String workerId, String endpoint, @Nullable Node node, Map<String, Integer> active, int maxConcurrentJobs) {
        return new Worker(
                workerId,
                endpoint,
                node != null && registry.isLive(node),
                node == null ? 0 : active.getOrDefault(node.id(), 0),
                maxConcurrentJobs,
                node == null ? 0 : node.lastSeenMs() / 1000.0);
    }
}
