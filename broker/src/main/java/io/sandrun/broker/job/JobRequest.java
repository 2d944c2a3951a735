package io.sandrun.broker.job;

import io.sandrun.broker.reputation.Terms;
import io.sandrun.protocol.JobSpec;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants: what to run, and when and how often.
 *
 * @param verify how its answer is to be verified, or null
 */
public record JobRequest(
        JobSpec spec, Wishes wishes, Reuse reuse, @Nullable Terms verify) {
    /** Whether an earlier result will do, and whose. */
    public enum Reuse {
        /** It is run. */
        NEVER,
        /** One of the same client, who allowed it for that one too. */
        OWN,
        /** One of anybody who shares theirs. */
        SHARED
    }

    /**
     * @param priority higher is earlier
     * @param retries further attempts after ones that the program itself failed
     * @param retryBackoffMs how long the first of them waits; each further one twice as long
     * @param notBeforeMs since 1970; null for at once
     */
    public record Wishes(
            int priority,
            int retries,
            long retryBackoffMs,
            @Nullable Long notBeforeMs) {}
}
