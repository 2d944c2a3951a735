package io.sandrun.broker.store;

import io.sandrun.protocol.JobState;

/** A lease that a node holds. */
public record LeaseRow(
        String leaseId, String jobId, String nodeId, JobState state, boolean cancelRequested, long assignedAtMs) {}
