package io.sandrun.broker.feed;

import io.sandrun.broker.store.JobRow;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/** A job that has another state than before; more stands in its status. */
record JobChange(
        String jobId,
        JobState state,
        @Nullable Outcome code,
        @Nullable String nodeId) {
    static JobChange of(JobRow job) {
        return new JobChange(job.id(), job.state(), job.outcome(), job.nodeId());
    }

    /** One that waits, or runs: no more is known of it here. */
    static JobChange to(JobState state, String jobId) {
        return new JobChange(jobId, state, null, null);
    }
}
