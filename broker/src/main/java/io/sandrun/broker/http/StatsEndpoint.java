package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.access.Quotas;
import io.sandrun.broker.job.QueueCounts;
import io.sandrun.protocol.Role;
import java.util.LinkedHashMap;
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
        Principal caller = AccessCheck.principal(request);
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("your_quota", quotas.standing(caller));
        body.put("your_roles", caller.roles().stream().map(Role::wire).sorted().toList());
        body.put("your_key", caller.keyId());
        body.put("system", system);
        return CompletableFuture.completedFuture(Answer.ok(body));
    }
}
