package io.sandrun.broker.job;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.job.JobLifecycle.Original;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.store.CopyTable;
import io.sandrun.broker.store.CopyTable.Claimant;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Handed;
import io.sandrun.broker.store.Lease;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.Json;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;

/** Gives a claim its jobs: the best that its node can serve and may have. For the writer's thread. */
public final class HandOut {
    /** How long beyond its time limit a job may be held: room for setting up the sandbox and for a report's retries. */
    private static final long LEASE_ALLOWANCE_MS = 120_000;

    private final Clock clock;
    private final FreshId freshId;
    private final TurnClock turns;
    private final Allowance allowance;

    /** Copies that a claim passes over at most, each a step in an index: some milliseconds of the writer. */
    private static final int SKIPPED_MAX = 50 * CopyTable.LOOKS_MAX;

    /** How many copies a node's next claim passes over, if those at the front are not for it. */
    private final Map<Node, Integer> stretches = new WeakHashMap<>();

    public HandOut(Clock clock, FreshId freshId, TurnClock turns, Allowance allowance) {
        this.clock = clock;
        this.freshId = freshId;
        this.turns = turns;
        this.allowance = allowance;
    }

    /** @param isHeldBack whether the node may not have as many as it wanted */
    record Given(List<Assigned> jobs, boolean isHeldBack) {}

    Given assign(Tables tables, Node node, Servable servable, int slots) {
        boolean isOut = node.hasLeft() || node.isDrained() || node.isClosed();
        int most = isOut ? 0 : allowance.jobs(tables, node, slots);
        boolean isHeldBack = most < slots;
        List<Assigned> taken = new ArrayList<>();
        long nowMs = clock.millis();
        boolean areCopiesPending = most > 0 && tables.copies().arePending(0);
        while (taken.size() < most) {
            Claimant claimant = claimant(node, servable);
            Optional<Long> copy = Optional.empty();
            if (areCopiesPending) {
                boolean mayHaveCopies = allowance.copies(tables, node) > 0;
                isHeldBack |= !mayHaveCopies;
                copy = mayHaveCopies ? findCopy(tables.copies(), node, claimant) : copy;
                // Not again for this claim's other slots: they would find none either, at the same cost.
                areCopiesPending = copy.isPresent();
            }
            Optional<Assigned> next = next(tables, node, claimant, copy, nowMs);
            if (next.isEmpty()) {
                break;
            }
            taken.add(next.get());
            servable.handed(next.get().job().classId());
        }
        return new Given(taken, isHeldBack || servable.isShort());
    }

    private Claimant claimant(Node node, Servable servable) {
        List<String> keys = node.capabilities().ownerTerms().keys();
        return new Claimant(
                place(node), servable.classIds(), allowance.isAnyAddressGood(), keys == null ? null : Json.write(keys));
    }

    /** @param copy one that it may have; without, other jobs are found as if there were no copies */
    private Optional<Assigned> next(Tables tables, Node node, Claimant claimant, Optional<Long> copy, long nowMs) {
        String leaseId = freshId.lease();
        Optional<Handed> handed = handed(tables, node, claimant, copy, leaseId, nowMs);
        return handed.map(given -> {
            JobRow job = given.job();
            turns.handedOut(job.priority(), job.classId(), given.turn(), nowMs);
            Lease lease = new Lease(job.id(), node.id(), leaseId);
            tables.attempts().open(job, lease, nowMs);
            Long original = job.copyOf();
            return original == null
                    ? new Assigned(job, lease, tables.jobs().spec(job.seq()), null)
                    : copy(tables, node, job, lease, original);
        });
    }

    private static Optional<Handed> handed(
            Tables tables, Node node, Claimant claimant, Optional<Long> copy, String leaseId, long nowMs) {
        if (claimant.clients() != null) {
            return tables.owners().assign(copy.orElse(null), claimant, leaseId, LEASE_ALLOWANCE_MS, nowMs);
        }
        return copy.isPresent()
                ? tables.copies().assign(copy.get(), claimant, leaseId, LEASE_ALLOWANCE_MS, nowMs)
                : tables.jobs().assign(claimant.classIds(), node.id(), leaseId, LEASE_ALLOWANCE_MS, nowMs);
    }

    /**
     * Copies at the front that nobody may have now do not keep those behind them from their nodes: where the front has
     * nothing for a node, each claim of it looks at another stretch, also while other jobs never run out.
     */
    private Optional<Long> findCopy(CopyTable copies, Node node, Claimant claimant) {
        Optional<Long> first = copies.fitting(claimant, 0);
        if (first.isPresent() || !copies.arePending(CopyTable.LOOKS_MAX)) {
            return first;
        }
        int skip = stretches.getOrDefault(node, CopyTable.LOOKS_MAX);
        Optional<Long> behind = copies.fitting(claimant, skip);
        if (behind.isEmpty()) {
            int next = skip + CopyTable.LOOKS_MAX;
            stretches.put(node, next <= SKIPPED_MAX && copies.arePending(next) ? next : CopyTable.LOOKS_MAX);
        }
        return behind;
    }

    private static Assigned copy(Tables tables, Node node, JobRow copy, Lease lease, long jobSeq) {
        tables.copies().handedOut(copy, jobSeq, node.standingKey(), place(node));
        JobRow job = tables.jobs()
                .find(jobSeq)
                .orElseThrow(() -> new IllegalStateException("copy " + copy.id() + " has no job"));
        return new Assigned(copy, lease, tables.jobs().spec(jobSeq), new Original(job.id(), job.createdAtMs()));
    }

    boolean mayHave(Node node, List<Place> apart) {
        return mayHave(node, apart, allowance.isAnyAddressGood());
    }

    /** Whether a node may have a copy, by where other copies of the job are or were. As copy/fitting.sql says. */
    public static boolean mayHave(Node node, List<Place> apart, boolean isAnyAddressGood) {
        Place own = place(node);
        return apart.stream()
                .noneMatch(other -> other.nodeId().equals(own.nodeId())
                        || other.owner().equals(own.owner())
                        || (other.address().equals(own.address()) && !isAnyAddressGood));
    }

    private static Place place(Node node) {
        return new Place(node.id(), node.owner(), node.address());
    }
}
