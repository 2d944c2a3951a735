package io.sandrun.broker.store;

import io.sandrun.broker.store.CopyTable.Claimant;
import io.sandrun.broker.store.JobTable.Handed;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked for the sake of nodes whose owners let them have some jobs only. */
public final class OwnersTable {
    private final StoreConnection connection;

    OwnersTable(StoreConnection connection) {
        this.connection = connection;
    }

    /**
     * PENDING to ASSIGNED: the best job, or this copy, of the clients that the claimant names.
     *
     * @param copySeq a copy that it may have, or null
     * @param allowanceMs how long beyond its time limit the job may be held
     */
    public Optional<Handed> assign(
            @Nullable Long copySeq, Claimant claimant, String leaseId, long allowanceMs, long nowMs) {
        return connection
                .statement("owner.assign")
                .bind("copySeq", copySeq)
                .bind("classIds", claimant.classIds())
                .bind("clients", claimant.clients())
                .bind("nodeId", claimant.place().nodeId())
                .bind("leaseId", leaseId)
                .bind("allowanceMs", allowanceMs)
                .bind("nowMs", nowMs)
                .first(JobTable::handed);
    }

    /** The class of each job that a node holds. */
    public List<Long> heldClasses(String nodeId) {
        return connection.statement("owner.held_classes").bind("nodeId", nodeId).list(Row::firstWhole);
    }
}
