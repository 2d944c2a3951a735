package io.sandrun.broker.node;

import io.sandrun.broker.claim.ClaimDesk;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.node.NodeRequests.Beat;
import io.sandrun.broker.node.NodeRequests.Registration;
import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.NodeMessages.HeldLease;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.NodeMessages.Released;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What nodes call for beside work: to be taken in, to be known alive, to give leases back. Thread-safe. */
public final class NodeCalls {
    /** How long after a claim its node may not know of the lease yet: a heartbeat may have crossed the answer. */
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(5);

    /** Heartbeats that may get lost before a node counts as lost. */
    private static final int HEARTBEATS_PER_TIMEOUT = 3;

    private final NodeRegistry registry;
    private final JobLifecycle lifecycle;
    private final ClaimDesk desk;
    private final Waiters waiters;
    private final Store store;
    private final Clock clock;
    private final Executor blocking;
    private final double heartbeatSeconds;

    /** @param blocking runs what reads the store after a commit, which the writer's thread must not do */
    public NodeCalls(
            NodeRegistry registry,
            JobLifecycle lifecycle,
            ClaimDesk desk,
            Waiters waiters,
            Store store,
            Clock clock,
            Executor blocking,
            Duration nodeTimeout) {
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.desk = desk;
        this.waiters = waiters;
        this.store = store;
        this.clock = clock;
        this.blocking = blocking;
        this.heartbeatSeconds = nodeTimeout.toMillis() / 1000.0 / HEARTBEATS_PER_TIMEOUT;
    }

    /** Takes a node in. One that comes back loses every lease that it does not name. */
    public CompletableFuture<Registered> register(Registration registration) {
        return registry.register(registration.workerId(), registration.profile())
                .thenComposeAsync(node -> takeBack(node, registration.leases()), blocking);
    }

    private CompletableFuture<Registered> takeBack(Node node, List<String> stillHeld) {
        Set<String> named = Set.copyOf(stillHeld);
        List<LeaseRow> dropped = held(node).stream()
                .filter(lease -> !named.contains(lease.leaseId()))
                .toList();
        desk.reconsider(node);
        return lifecycle
                .expire(dropped, "Its node started anew.")
                .thenApply(count -> new Registered(node.id(), heartbeatSeconds));
    }

    /** Notes that a node lives, and answers when there is news of its leases or the wait is over. */
    public CompletableFuture<HeartbeatAnswer> heartbeat(Beat beat) {
        Node node = seen(beat.nodeId());
        return compare(node, beat).thenCompose(answer -> {
            if (beat.waitMs() == 0 || isNews(answer)) {
                return CompletableFuture.completedFuture(answer);
            }
            CompletableFuture<Void> news = waiters.park(node.id(), beat.waitMs());
            // A cancel may have come between the comparison and the park.
            if (!cancelled(held(node)).isEmpty()) {
                waiters.wake(node.id());
            }
            return news.thenComposeAsync(woken -> compare(node, beat), blocking);
        });
    }

    private static boolean isNews(HeartbeatAnswer answer) {
        return !answer.lost().isEmpty() || !answer.cancel().isEmpty();
    }

    /** Compares what a node says that it holds with our book. */
    private CompletableFuture<HeartbeatAnswer> compare(Node node, Beat beat) {
        if (beat.leases().isEmpty()) {
            return CompletableFuture.completedFuture(new HeartbeatAnswer(List.of(), cancelled(held(node))));
        }
        Map<String, HeldLease> named = beat.leases().get().stream()
                .collect(Collectors.toMap(HeldLease::leaseId, Function.identity(), (one, other) -> other));
        List<LeaseRow> held = held(node);
        Set<String> lost = new HashSet<>(named.keySet());
        List<LeaseRow> started = new ArrayList<>();
        List<LeaseRow> neverArrived = new ArrayList<>();
        for (LeaseRow lease : held) {
            HeldLease said = named.get(lease.leaseId());
            lost.remove(lease.leaseId());
            if (lease.state() == JobState.ASSIGNED && said == null && isOverdue(lease)) {
                neverArrived.add(lease);
            } else if (lease.state() == JobState.ASSIGNED && said != null && said.started()) {
                started.add(lease);
            }
        }
        HeartbeatAnswer answer = new HeartbeatAnswer(List.copyOf(lost), cancelled(held));
        CompletableFuture<?> done = lifecycle.expire(neverArrived, "The claim's answer never reached its node.");
        if (!started.isEmpty()) {
            done = CompletableFuture.allOf(done, lifecycle.start(started));
        }
        return done.thenApplyAsync(written -> answer, blocking);
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
     * Notes a sign of life.
     *
     * @throws io.sandrun.broker.Refusal if there is no such node
     */
    public Node seen(String nodeId) {
        Node node = registry.require(nodeId);
        if (node.seen(clock.millis())) {
            desk.reconsider(node);
        }
        return node;
    }

    private boolean isOverdue(LeaseRow lease) {
        return clock.millis() - lease.assignedAtMs() > ACKNOWLEDGE_WITHIN.toMillis();
    }

    private List<LeaseRow> held(Node node) {
        return store.read(tables -> tables.jobs().leasesOfNode(node.id()));
    }

    private static List<String> cancelled(List<LeaseRow> held) {
        return held.stream()
                .filter(LeaseRow::cancelRequested)
                .map(LeaseRow::leaseId)
                .toList();
    }
}
