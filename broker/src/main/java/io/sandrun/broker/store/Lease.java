package io.sandrun.broker.store;

/** The right of a node to an attempt at a job, as a report names it. All three must fit for a guard to open. */
public record Lease(String jobId, String nodeId, String leaseId) {
    public static Lease of(LeaseRow row) {
        return new Lease(row.jobId(), row.nodeId(), row.leaseId());
    }

    Prepared bound(Prepared statement) {
        return statement.bind("id", jobId).bind("nodeId", nodeId).bind("leaseId", leaseId);
    }
}
