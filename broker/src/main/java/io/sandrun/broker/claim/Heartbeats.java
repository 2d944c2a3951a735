package io.sandrun.broker.claim;

import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.Waiters;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRequests.Beat;
import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.NodeMessages.HeartbeatAnswer;
import io.sandrun.protocol.NodeMessages.HeldLease;
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

/** Holds what nodes say that they hold against our book, and tells them what to drop. Thread-safe. */
public final class Heartbeats {
    /** How long after a claim its node may not know of the lease yet: a heartbeat may have crossed the answer. */
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(5);

    private final Membership membership;
    private final JobLifecycle lifecycle;
    private final Waiters waiters;
    private final Store store;
    private final Clock clock;
    private final Executor blocking;

    /** @param blocking runs what reads the store after a commit, which the writer's thread must not do */
    public Heartbeats(
            Membership membership,
            JobLifecycle lifecycle,
            Waiters waiters,
            Store store,
            Clock clock,
            Executor blocking) {
        this.membership = membership;
        this.lifecycle = lifecycle;
        this.waiters = waiters;
        this.store = store;
        this.clock = clock;
        this.blocking = blocking;
    }

    /** Notes that a node lives, and answers when there is news of its leases or the wait is over. */
    public CompletableFuture<HeartbeatAnswer> heartbeat(Beat beat) {
        Node node = membership.seen(beat.nodeId());
        long saidAtMs = clock.millis();
        return compare(node, beat, saidAtMs).thenCompose(answer -> {
            if (beat.waitMs() == 0 || isNews(answer)) {
                return CompletableFuture.completedFuture(answer);
            }
            CompletableFuture<Void> news = waiters.park(node.id(), beat.waitMs());
            // A cancel may have come between the comparison and the park, or the end of a lease.
            List<LeaseRow> held = held(node);
            if (!cancelled(held).isEmpty() || !lost(beat, held).isEmpty()) {
                waiters.wake(node.id());
            }
            return news.thenComposeAsync(woken -> compare(node, beat, saidAtMs), blocking);
        });
    }

    private static boolean isNews(HeartbeatAnswer answer) {
        return !answer.lost().isEmpty() || !answer.cancel().isEmpty();
    }

    /**
     * Compares what a node says that it holds with our book.
     *
     * @param saidAtMs when it said so: of what it was given since, it could not know, however long the beat was parked
     */
    private CompletableFuture<HeartbeatAnswer> compare(Node node, Beat beat, long saidAtMs) {
        if (beat.leases().isEmpty()) {
            return CompletableFuture.completedFuture(new HeartbeatAnswer(List.of(), cancelled(held(node))));
        }
        Map<String, HeldLease> named = beat.leases().get().stream()
                .collect(Collectors.toMap(HeldLease::leaseId, Function.identity(), (one, other) -> other));
        List<LeaseRow> held = held(node);
        List<LeaseRow> started = new ArrayList<>();
        List<LeaseRow> unnamed = new ArrayList<>();
        for (LeaseRow lease : held) {
            HeldLease said = named.get(lease.leaseId());
            if (said == null && wasOverdue(lease, saidAtMs)) {
                unnamed.add(lease);
            } else if (lease.state() == JobState.ASSIGNED && said != null && said.started()) {
                started.add(lease);
            }
        }
        HeartbeatAnswer answer = new HeartbeatAnswer(List.copyOf(lost(beat, held)), cancelled(held));
        CompletableFuture<?> done = lifecycle.expire(unnamed, "Its node does not know of this attempt (any more).");
        if (!started.isEmpty()) {
            done = CompletableFuture.allOf(done, lifecycle.start(started));
        }
        return done.thenApplyAsync(written -> answer, blocking);
    }

    /** What the node names and does not hold. */
    private static Set<String> lost(Beat beat, List<LeaseRow> held) {
        Set<String> lost = new HashSet<>();
        beat.leases().ifPresent(named -> named.forEach(lease -> lost.add(lease.leaseId())));
        held.forEach(lease -> lost.remove(lease.leaseId()));
        return lost;
    }

    private static boolean wasOverdue(LeaseRow lease, long atMs) {
        return atMs - lease.assignedAtMs() > ACKNOWLEDGE_WITHIN.toMillis();
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
