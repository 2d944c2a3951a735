package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import java.util.OptionalInt;

/** How much room nodes have for jobs, by what they are allowed and what they have. Guarded by the desk. */
final class NodeRoom {
    private final NodeRegistry registry;
    private final NodeLoads loads;

    NodeRoom(NodeRegistry registry, NodeLoads loads) {
        this.registry = registry;
        this.loads = loads;
    }

    boolean isLeft(Node node) {
        OptionalInt most = registry.maxConcurrentJobs(node);
        return registry.mayWork(node) && (most.isEmpty() || loads.of(node.id()) < most.getAsInt());
    }

    /** Jobs by places, offers included. */
    double load(Node node) {
        return loads.of(node.id()) / (double) places(node);
    }

    double loadWithOneMore(Node node) {
        return load(node) + 1.0 / places(node);
    }

    private int places(Node node) {
        int slots = node.capabilities().slots();
        return Math.max(1, Math.min(slots, registry.maxConcurrentJobs(node).orElse(slots)));
    }
}
