package io.sandrun.broker.job;

import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.JobState;

/** Counts for each node how its jobs ended. A cancelled job says nothing about its node. */
public record NodeTally(NodeRegistry registry) implements JobListener {
    @Override
    public void waiting(Waiting job) {
        // Of no concern to nodes.
    }

    @Override
    public void ended(JobRow job) {
        String nodeId = job.nodeId();
        // A verified job was counted with its copy.
        if (nodeId != null && job.isHandedOut() && job.state() != JobState.CANCELLED) {
            registry.counted(nodeId, job.state() == JobState.COMPLETED);
        }
    }
}
