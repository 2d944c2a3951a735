package io.sandrun.protocol.log;

import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/** How the job ended, after the last of its log. See {@link io.sandrun.protocol.JobResult} for the fields. */
public record LogEnd(
        String jobId,
        String status,
        JobState state,
        @Nullable Outcome code,
        String reason) {}
