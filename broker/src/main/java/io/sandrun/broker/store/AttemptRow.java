package io.sandrun.broker.store;

import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import org.jspecify.annotations.Nullable;

/**
 * One try of a job. Times are our clock's, milliseconds since 1970.
 *
 * @param startedAtMs when its node first said that the program runs; null if it never did
 * @param endedAtMs when its lease ended; null while it is held
 */
public record AttemptRow(
        int number,
        String nodeId,
        long assignedAtMs,
        @Nullable Long startedAtMs,
        @Nullable Long endedAtMs,
        Phases phases,
        @Nullable Outcome outcome,
        String reason) {
    /**
     * Where the time went by the node's own account, null where it does not say.
     *
     * @param preparedAfterMs milliseconds since it got the job, as the others of this kind
     * @param start how the program's process came to be
     * @param lengths how long each phase took
     */
    public record Phases(
            @Nullable Long preparedAfterMs,
            @Nullable Long startedAfterMs,
            @Nullable Long endedAfterMs,
            @Nullable Start start,
            @Nullable PhasesMs lengths) {
        public static final Phases UNKNOWN = new Phases(null, null, null, null, null);
    }
}
