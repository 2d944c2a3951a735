package io.sandrun.broker.store;

import io.sandrun.broker.reputation.Terms;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A job as the database has it.
 *
 * @param seq its place in the order of submission
 * @param client stands for its submitter: the id of an API key, or an address
 * @param attempt attempts so far; the present one while it is leased
 * @param faults attempts that failed through no doing of the program
 * @param leaseId set exactly while a node holds the job
 * @param nodeId the node that holds it, or held it when it ended
 * @param dueAtMs set exactly while the job's time has not come
 * @param endedAtMs set exactly when the state is final, like {@code outcome}
 * @param cachedFrom the job whose result this one was given, or null
 * @param isProject whether it came as files, and not as a snippet
 * @param verify how its answer is to be verified, or null: set for a job that has copies and is never handed out
 * @param copyOf the place of the verified job of which this is a copy, or null
 */
public record JobRow(
        long seq,
        String id,
        long classId,
        int priority,
        String client,
        JobState state,
        int attempt,
        int faults,
        @Nullable String leaseId,
        @Nullable String nodeId,
        boolean cancelRequested,
        String interpreter,
        String codeSha256,
        long createdAtMs,
        @Nullable Long dueAtMs,
        @Nullable Long endedAtMs,
        @Nullable Outcome outcome,
        String reason,
        Retries retries,
        @Nullable String cachedFrom,
        boolean isProject,
        @Nullable Terms verify,
        @Nullable Long copyOf) {
    /** Whether it waits for a node, sooner or later: a verified job waits for its copies. */
    public boolean isHandedOut() {
        return verify == null;
    }

    /** The older clients' word for its state. */
    public String status() {
        return state.legacyStatus(isProject);
    }

    /**
     * Further attempts after ones that the program itself failed.
     *
     * @param allowed how many
     * @param made how many there were
     * @param backoffMs how long the first of them waits; each further one twice as long
     */
    public record Retries(int allowed, int made, long backoffMs) {
        public boolean areLeft() {
            return made < allowed;
        }
    }
}
