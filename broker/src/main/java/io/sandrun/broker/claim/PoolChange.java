package io.sandrun.broker.claim;

import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.trust.NodeSessions;
import java.util.Set;

/**
 * What follows for nodes from a change of the pool's list. One that is off it loses its session, gets no more work,
 * loses its leases as if it had fallen silent, and is told so at once if it listens; one that may have more jobs than
 * before is considered again. Thread-safe.
 */
public final class PoolChange {
    private final NodeRegistry registry;
    private final NodeSessions sessions;
    private final ClaimDesk desk;
    private final LivenessSweep liveness;
    private final Waiters waiters;

    public PoolChange(
            NodeRegistry registry, NodeSessions sessions, ClaimDesk desk, LivenessSweep liveness, Waiters waiters) {
        this.registry = registry;
        this.sessions = sessions;
        this.desk = desk;
        this.liveness = liveness;
        this.waiters = waiters;
    }

    /**
     * Reads the store.
     *
     * @param removed the keys that are not on the list any more
     */
    public void follow(Set<String> removed) {
        for (String workerId : removed) {
            Node node = registry.findByWorkerId(workerId);
            if (node != null) {
                sessions.end(node.id());
                desk.dismiss(node);
                var unused = liveness.giveUp(node, LivenessSweep.OFF_THE_LIST).thenRun(() -> waiters.wake(node.id()));
            }
        }
        registry.working().forEach(desk::reconsider);
    }
}
