package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.claim.Presence;
import io.sandrun.broker.environment.EnvironmentCatalog;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.node.NodeState;
import io.sandrun.broker.reputation.Reputation;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.verify.Standings;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What tells about the broker itself. */
final class ServiceEndpoints {
    private static final String SERVICE = "sandrun";

    private final NodeRegistry registry;
    private final Presence presence;
    private final ClaimDesk desk;
    private final Standings standings;
    private final QueueCounts counts;
    private final Store store;
    private final EnvironmentCatalog environments;
    private final String serviceId;

    ServiceEndpoints(Rooms.Nodes nodes, QueueCounts counts, Store store, String serviceId) {
        this.registry = nodes.registry();
        this.presence = nodes.presence();
        this.desk = nodes.desk();
        this.standings = nodes.standings();
        this.environments = nodes.environments();
        this.counts = counts;
        this.store = store;
        this.serviceId = serviceId;
    }

    CompletableFuture<Answer> root(Context request) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("service", SERVICE);
        body.put("status", "running");
        body.put("version", version());
        body.put("description", "Runs code in sandboxes on the machines that offered themselves.");
        body.put("privacy", "Code and results are kept until some time after the job's end, and then deleted.");
        body.put("limits", "Each job has limits on time, memory, processes, disk and output; see the documentation.");
        return CompletableFuture.completedFuture(Answer.ok(body));
    }

    CompletableFuture<Answer> health(Context request) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", "healthy");
        body.put("service", SERVICE);
        body.put("version", version());
        body.put("jobs", counts.pending() + counts.leased());
        body.put("pending_jobs", counts.pending());
        body.put("running_jobs", counts.leased());
        body.put("active_nodes", registry.live().size());
        body.put("worker_id", serviceId);
        return CompletableFuture.completedFuture(Answer.ok(body));
    }

    CompletableFuture<Answer> environments(Context request) {
        return CompletableFuture.completedFuture(Answer.ok(environments.page()));
    }

    CompletableFuture<Answer> nodes(Context request) {
        Map<String, Integer> running = store.read(tables -> tables.jobs().countLeasedByNode());
        List<Map<String, Object>> nodes = registry.all().stream()
                .sorted(Comparator.comparing(Node::id))
                .map(node -> describe(node, running.getOrDefault(node.id(), 0)))
                .toList();
        return CompletableFuture.completedFuture(Answer.ok(Map.of("nodes", nodes)));
    }

    private Map<String, Object> describe(Node node, int running) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("id", node.id());
        body.put("worker_id", node.workerId());
        body.put("name", node.profile().name());
        body.put("endpoint", node.profile().endpoint());
        body.put("capabilities", node.capabilities());
        body.put("last_heartbeat", node.lastSeenMs() / 1000.0);
        body.put("jobs_completed", node.jobsCompleted());
        body.put("jobs_failed", node.jobsFailed());
        body.put("active", registry.isLive(node));
        body.put("present", presence.isPresent(node.id()));
        body.put("state", NodeState.of(node, registry, running).wire());
        body.putAll(standing(node));
        body.put("drained", node.isDrained());
        body.put("running", running);
        body.put("slots", node.capabilities().slots());
        body.put("waiting_claims", desk.waiting(node));
        return body;
    }

    /** What its answers are worth, and why; null where nobody judges them, in a trusted pool. */
    private Map<String, Object> standing(Node node) {
        Map<String, Object> body = new LinkedHashMap<>();
        Reputation reputation = standings.areNodesJudged() ? standings.of(node) : null;
        body.put("standing", reputation == null ? null : reputation.standing());
        body.put("standing_reason", reputation == null ? null : reputation.reason());
        return body;
    }

    /** Of this program. */
    static String version() {
        String packed = ServiceEndpoints.class.getPackage().getImplementationVersion();
        return packed == null ? "development" : packed;
    }
}
