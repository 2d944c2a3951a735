package io.sandrun.broker.claim;

import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.node.Node;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A claim that waits. The flag is guarded by the desk. */
final class ParkedClaim {
    final Node node;
    final int slots;
    final CompletableFuture<List<Assigned>> answer = new CompletableFuture<>();
    boolean isTimeUp;

    ParkedClaim(Node node, int slots) {
        this.node = node;
        this.slots = slots;
    }

    /** Busy slots by all slots: the node with the least is woken first. */
    double load() {
        int all = Math.max(1, node.capabilities().slots());
        return Math.max(0, all - slots) / (double) all;
    }
}
