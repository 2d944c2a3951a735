package io.sandrun.broker.claim;

import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes leases away: all of a node that fell silent, and each that outlived its job's time limit. */
public final class LivenessSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(LivenessSweep.class);

    /** A lost node is noticed at most this fraction of NODE_TIMEOUT late. */
    private static final int PASSES_PER_TIMEOUT = 10;

    private static final Duration INTERVAL_MAX = Duration.ofSeconds(1);

    /** Why a node of a trusted pool loses its leases without having fallen silent. */
    static final String OFF_THE_LIST = "Its node was taken off the list of the pool.";

    /** Overdue leases of one pass: bounds the transaction; the next pass goes on. */
    private static final int OVERDUE_MAX = 1_000;

    private final NodeRegistry registry;
    private final JobLifecycle lifecycle;
    private final Store store;
    private final Clock clock;

    /** Whether a node went since a pass last looked whom jobs avoid. */
    private volatile boolean hasNodeGone;

    public LivenessSweep(NodeRegistry registry, JobLifecycle lifecycle, Store store, Clock clock) {
        this.registry = registry;
        this.lifecycle = lifecycle;
        this.store = store;
        this.clock = clock;
    }

    public static Duration interval(Duration nodeTimeout) {
        Duration fraction = nodeTimeout.dividedBy(PASSES_PER_TIMEOUT);
        return fraction.compareTo(INTERVAL_MAX) < 0 ? fraction : INTERVAL_MAX;
    }

    /** One pass. */
    @Override
    public void run() {
        for (Node node : registry.all()) {
            if (registry.isLost(node) && node.silenced()) {
                hasNodeGone = true;
            }
        }
        stopAvoiding();
        // What is held is asked of the book at each pass: a transaction that failed, or a claim that was being settled
        // while its node was given up, is made good by the next one.
        for (String nodeId : store.read(tables -> tables.jobs().holders())) {
            if (registry.isLost(nodeId)) {
                var unused = giveUp(nodeId, whyLost(nodeId));
            }
        }
        if (registry.isGraceOver()) {
            List<LeaseRow> overdue = store.read(tables -> tables.jobs().overdueLeases(clock.millis(), OVERDUE_MAX));
            lifecycle
                    .expire(overdue, "Its node never reported an end, long after its time limit.")
                    .exceptionally(LivenessSweep::log);
        }
    }

    /**
     * Not only when a node went: one may offer less since it started anew, be barred, or have gone just before the
     * broker stopped. But before nodes had the time to report, nearly all jobs would seem to be without another.
     */
    private void stopAvoiding() {
        boolean isDue = hasNodeGone;
        hasNodeGone = false; // Before it is looked, so that who goes meanwhile is looked for by the next pass.
        if (isDue || (registry.isGraceOver() && lifecycle.isAvoidingInVain())) {
            lifecycle.stopAvoiding().exceptionally(LivenessSweep::log);
        }
    }

    /** Takes the leases of a node that was given up by other signs than its silence. Reads the store. */
    CompletableFuture<Integer> giveUp(Node node, String reason) {
        hasNodeGone = true;
        return giveUp(node.id(), reason);
    }

    private String whyLost(String nodeId) {
        Node node = registry.find(nodeId);
        return node == null || registry.isAdmitted(node) ? "Its node fell silent." : OFF_THE_LIST;
    }

    private CompletableFuture<Integer> giveUp(String nodeId, String reason) {
        List<LeaseRow> held = store.read(tables -> tables.jobs().leasesOfNode(nodeId));
        LOG.info("Node {} was given up while it held {} jobs: {}", nodeId, held.size(), reason);
        return lifecycle.expire(held, reason).exceptionally(LivenessSweep::log);
    }

    private static Integer log(Throwable failure) {
        LOG.warn("Leases could not be taken away: {}", failure.toString());
        return 0;
    }
}
