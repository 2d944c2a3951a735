package io.sandrun.broker.store;

import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a verified job, as the database has it.
 *
 * @param nodeId the node that has it, or had it when it ended
 * @param isCheck whether it was sent out when the answer was known
 * @param worker the key of the node that had it last, or its id if it has no key; null before any had
 * @param digest of its answer; null as long as nobody looked at one
 * @param verdict what the decision made of it, or null
 * @param place where it is or was; null while no node has it
 */
public record CopyRow(
        long seq,
        String id,
        long classId,
        JobState state,
        int attempt,
        @Nullable String nodeId,
        @Nullable Outcome outcome,
        String reason,
        boolean isCheck,
        @Nullable String worker,
        @Nullable String digest,
        @Nullable String verdict,
        @Nullable Place place) {
    /** Whether its node has told how it ended. */
    public boolean isAnswered() {
        return outcome != null && outcome != Outcome.CANCELLED && !outcome.isNodeFault();
    }

    /** Whether it ended without an answer: its node fell silent or could not run it. */
    public boolean isLost() {
        return outcome != null && outcome.isNodeFault();
    }
}
