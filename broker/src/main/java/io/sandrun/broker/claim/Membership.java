package io.sandrun.broker.claim;

import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.Node.Origin;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.node.NodeRequests.Registration;
import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.NodeMessages.Released;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** How nodes come and go, and what becomes of their leases then. Thread-safe. */
public final class Membership {
    /** Heartbeats that may get lost before a node counts as lost. */
    private static final int HEARTBEATS_PER_TIMEOUT = 3;

    private final NodeRegistry registry;
    private final JobLifecycle lifecycle;
    private final ClaimDesk desk;
    private final Store store;
    private final Clock clock;
    private final Executor blocking;
    private final double heartbeatSeconds;

    /** @param blocking runs what reads the store after a commit, which the writer's thread must not do */
    public Membership(
            NodeRegistry registry,
            JobLifecycle lifecycle,
            ClaimDesk desk,
            Store store,
            Clock clock,
            Executor blocking,
            Duration nodeTimeout) {
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.desk = desk;
        this.store = store;
        this.clock = clock;
        this.blocking = blocking;
        this.heartbeatSeconds = nodeTimeout.toMillis() / 1000.0 / HEARTBEATS_PER_TIMEOUT;
    }

    /** Takes a node in. One that comes back loses every lease that it does not name; one that goes on loses none. */
    public CompletableFuture<Registered> register(Registration registration, Origin origin) {
        return registry.register(registration.workerId(), registration.profile(), origin)
                .thenComposeAsync(
                        node -> {
                            List<LeaseRow> dropped = registration.goesOn() ? List.of() : dropped(node, registration);
                            if (node.isClosed()) {
                                desk.dismiss(node);
                            } else {
                                desk.reconsider(node);
                            }
                            return lifecycle
                                    .expire(dropped, "Its node started anew.")
                                    .thenCompose(count -> offersLess(node, registration))
                                    .thenApply(done -> standing(node));
                        },
                        blocking);
    }

    /** One that offers nothing, or something else, may have been the only other one for jobs that avoid a node. */
    private CompletableFuture<Integer> offersLess(Node node, Registration registration) {
        return node.isClosed() || registration.goesOn()
                ? lifecycle.stopAvoiding()
                : CompletableFuture.completedFuture(0);
    }

    private List<LeaseRow> dropped(Node node, Registration registration) {
        Set<String> named = Set.copyOf(registration.leases());
        return held(node).stream()
                .filter(lease -> !named.contains(lease.leaseId()))
                .toList();
    }

    /** What a node is told of itself when it comes, and when it asks again. */
    public Registered standing(Node node) {
        return new Registered(node.id(), heartbeatSeconds, null);
    }

    /**
     * Notes a sign of life.
     *
     * @throws io.sandrun.broker.Refusal if there is no such node
     */
    public Node seen(String nodeId) {
        Node node = registry.require(nodeId);
        // Silent for too long, even if no sweep has come round to it yet.
        boolean wasAway = !registry.isLive(node);
        if (node.seen(clock.millis()) || wasAway) {
            desk.reconsider(node);
        }
        return node;
    }

    /** Takes leases back; a node that leaves gets no more work until it registers again. */
    public CompletableFuture<Released> release(Release release) {
        Node node = seen(release.nodeId());
        Set<String> named = Set.copyOf(release.leases());
        List<LeaseRow> returned = held(node).stream()
                // A node that leaves cannot name leases whose claim's answer has not reached it.
                .filter(lease -> release.leaving() || named.contains(lease.leaseId()))
                .toList();
        if (release.leaving()) {
            node.left();
        }
        return lifecycle
                .release(returned)
                .thenCompose(count -> release.leaving()
                        ? lifecycle.stopAvoiding().thenApply(freed -> new Released(count))
                        : CompletableFuture.completedFuture(new Released(count)));
    }

    /**
     * Takes a node out of service: it gets no more work and keeps what it holds.
     *
     * @throws io.sandrun.broker.Refusal if there is no such node
     */
    public CompletableFuture<Node> drain(String nodeId) {
        Node node = registry.require(nodeId);
        return registry.drain(node)
                .thenCompose(drained -> lifecycle.stopAvoiding())
                .thenApply(freed -> node);
    }

    /**
     * Puts a node back in service.
     *
     * @throws io.sandrun.broker.Refusal if there is no such node
     */
    public CompletableFuture<Node> undrain(String nodeId) {
        Node node = registry.require(nodeId);
        return registry.undrain(node).thenApply(done -> {
            desk.reconsider(node);
            return node;
        });
    }

    /** Takes all leases of a node whose right to work here has ended, until it registers under another. */
    public CompletableFuture<Integer> expel(Node node, String reason) {
        node.left();
        desk.dismiss(node);
        return lifecycle
                .expire(held(node), reason)
                .thenCompose(count -> lifecycle.stopAvoiding().thenApply(freed -> count));
    }

    private List<LeaseRow> held(Node node) {
        return store.read(tables -> tables.jobs().leasesOfNode(node.id()));
    }
}
