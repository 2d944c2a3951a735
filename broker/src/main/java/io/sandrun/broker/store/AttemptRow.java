package io.sandrun.broker.store;

import io.sandrun.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One try of a job. Times are our clock's, milliseconds since 1970.
 *
 * @param startedAtMs when its node first said that the program runs; null if it never did
 * @param endedAtMs when its lease ended; null while it is held
 */
public record AttemptRow(
        int number,
        long assignedAtMs,
        @Nullable Long startedAtMs,
        @Nullable Long endedAtMs,
        Phases phases,
        @Nullable Outcome outcome) {
    /**
     * Where the time went by the node's own account: milliseconds since it got the job, null where it does not say.
     */
    public record Phases(
            @Nullable Long preparedAfterMs,
            @Nullable Long startedAfterMs,
            @Nullable Long endedAfterMs) {
        public static final Phases UNKNOWN = new Phases(null, null, null);
    }
}
