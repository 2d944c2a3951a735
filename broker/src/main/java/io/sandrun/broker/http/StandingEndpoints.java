package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.verify.Standings;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What an administrator decides about what nodes are worth. */
final class StandingEndpoints {
    private final NodeRegistry registry;
    private final Standings standings;
    private final ClaimDesk desk;
    private final AccessCheck access;

    StandingEndpoints(Rooms.Nodes nodes, AccessCheck access) {
        this.access = access;
        this.registry = nodes.registry();
        this.standings = nodes.standings();
        this.desk = nodes.desk();
    }

    /** Gives a node another chance. */
    CompletableFuture<Answer> forgive(Context request) {
        Node node = registry.require(request.pathParam("id"));
        return standings.forgive(node).thenApply(reputation -> {
            // Its claim may have been waiting all the time.
            desk.reconsider(node);
            access.did("node_forgiven", request, Map.of("node_id", node.id()));
            return Answer.ok(Map.of(
                    "node_id", node.id(), "standing", reputation.standing(), "standing_reason", reputation.reason()));
        });
    }
}
