package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.access.Quotas;
import io.sandrun.broker.job.QueueCounts;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Tells a caller what it has and may have. */
final class StatsEndpoint {
    private final Quotas quotas;
    private final QueueCounts counts;

    StatsEndpoint(Quotas quotas, QueueCounts counts) {
        this.quotas = quotas;
        this.counts = counts;
    }

    CompletableFuture<Answer> stats(Context request) {
        Map<String, Object> system = Map.of("queue_length", counts.pending(), "active_jobs", counts.leased());
        return CompletableFuture.completedFuture(
                Answer.ok(Map.of("your_quota", quotas.standing(AccessCheck.principal(request)), "system", system)));
    }
}
