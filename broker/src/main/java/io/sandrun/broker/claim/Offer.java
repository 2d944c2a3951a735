package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.store.JobTable.Waiting;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A job that looks for a claim.
 *
 * @param bounds where it may go, as far as the desk knows
 * @param refusedBy the nodes that were woken for it and could not have it: the job avoids them, or has gone
 * @param failures of these, claims that failed
 * @param misses of these, claims that found nothing, though their node might have had it
 * @param wasKept whether a claim that was expected did not come for it
 */
record Offer(
        String jobId,
        long classId,
        Predicate<Node> bounds,
        Set<String> refusedBy,
        int failures,
        int misses,
        boolean wasKept) {
    /** Nodes that a job is offered to in vain, one after the other: each costs the writer a look. */
    private static final int REFUSALS_MAX = 64;

    /** Claims that are tried after one that failed: each that fails too is an error to its node. */
    private static final int FAILURES_MAX = 2;

    /** A job avoids one node at most, and most often another claim was faster. */
    private static final int MISSES_MAX = 1;

    /** @param bounds where it may go, beside what owners say of its client */
    static Offer of(Waiting job, Predicate<Node> bounds) {
        Predicate<Node> all = node -> node.takesJobsOf(job.client()) && bounds.test(node);
        return new Offer(job.jobId(), job.classId(), all, Set.of(), 0, 0, false);
    }

    boolean isFor(Node node) {
        return !refusedBy.contains(node.id()) && bounds.test(node);
    }

    /** For others, when a claim of that node has failed; empty when too many have. */
    Optional<Offer> afterFailure(Node node) {
        return failures < FAILURES_MAX ? Optional.of(without(node, failures + 1, misses)) : Optional.empty();
    }

    /**
     * For others, when a claim of that node got nothing; empty when it has been offered often enough.
     *
     * @param isHeldBack whether it was for the node's sake
     */
    Optional<Offer> afterRefusal(Node node, boolean isHeldBack) {
        if (refusedBy.size() >= REFUSALS_MAX || (!isHeldBack && misses >= MISSES_MAX)) {
            return Optional.empty();
        }
        return Optional.of(without(node, failures, isHeldBack ? misses : misses + 1));
    }

    private Offer without(Node node, int failed, int missed) {
        Set<String> more = new HashSet<>(refusedBy);
        more.add(node.id());
        return new Offer(jobId, classId, bounds, more, failed, missed, wasKept);
    }

    Offer kept() {
        return new Offer(jobId, classId, bounds, refusedBy, failures, misses, true);
    }
}
