package io.sandrun.broker.claim;

import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A claim that waits. What may change of it is guarded by the desk. */
final class ParkedClaim {
    final Node node;
    final int slots;
    final CompletableFuture<List<Assigned>> answer = new CompletableFuture<>();

    /** The jobs that it was woken for and has not tried to have yet. */
    final List<Offer> offers = new ArrayList<>(1);

    boolean isTimeUp;

    ParkedClaim(Node node, int slots) {
        this.node = node;
        this.slots = slots;
    }

    boolean isIdle() {
        return offers.isEmpty();
    }

    /** Whether it could start more than it was woken for. */
    boolean hasRoom() {
        return offers.size() < slots;
    }
}
