package io.sandrun.broker.job;

import io.sandrun.broker.job.JobIntake.Submitter;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a list shall have; what is null or empty asks for nothing.
 *
 * @param idBegin the first characters of its id
 * @param environment that the job names
 * @param labels labels that the job requires of its node with exactly these values
 * @param submitter who submitted it, and under which key
 * @param client whose they are: the id of an API key, or an address
 */
public record JobFilter(
        @Nullable JobState state,
        @Nullable String status,
        @Nullable Outcome outcome,
        @Nullable String idBegin,
        @Nullable String nodeId,
        @Nullable String interpreter,
        @Nullable String environment,
        Map<String, String> labels,
        @Nullable Submitter submitter,
        @Nullable String client,
        Created created) {
    public JobFilter {
        labels = Map.copyOf(labels);
    }

    /**
     * When it was submitted, milliseconds since 1970.
     *
     * @param sinceMs then or later
     * @param beforeMs before this
     */
    public record Created(long sinceMs, long beforeMs) {}
}
