package io.sandrun.broker.claim;

import io.sandrun.broker.node.Node;
import io.sandrun.broker.store.JobTable.Waiting;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A job that looks for a claim.
 *
 * @param bounds where it may go, as far as the desk knows
 * @param refusedBy the nodes that were woken for it and could not have it: the job avoids them, or has gone
 * @param wasKept whether a claim that was expected did not come for it
 */
record Offer(String jobId, long classId, Predicate<Node> bounds, Set<String> refusedBy, boolean wasKept) {
    /** @param bounds where it may go, beside what owners say of its client */
    static Offer of(Waiting job, Predicate<Node> bounds) {
        Predicate<Node> all = node -> node.takesJobsOf(job.client()) && bounds.test(node);
        return new Offer(job.jobId(), job.classId(), all, Set.of(), false);
    }

    boolean isFor(Node node) {
        return !refusedBy.contains(node.id()) && bounds.test(node);
    }

    Offer notFor(Node node) {
        Set<String> more = new HashSet<>(refusedBy);
        more.add(node.id());
        return new Offer(jobId, classId, bounds, more, wasKept);
    }

    Offer kept() {
        return new Offer(jobId, classId, bounds, refusedBy, true);
    }
}
