package io.sandrun.broker.job;

import io.sandrun.protocol.JobState;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a list shall have; what is null or empty asks for nothing.
 *
 * @param labels labels that the job requires of its node with exactly these values
 * @param createdAfterMs created then or later, milliseconds since 1970
 * @param createdBeforeMs created before this, milliseconds since 1970
 */
public record JobFilter(
        @Nullable JobState state,
        @Nullable String status,
        @Nullable String nodeId,
        @Nullable String interpreter,
        Map<String, String> labels,
        long createdAfterMs,
        long createdBeforeMs) {
    public JobFilter {
        labels = Map.copyOf(labels);
    }
}
