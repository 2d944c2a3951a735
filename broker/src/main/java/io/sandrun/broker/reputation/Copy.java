package io.sandrun.broker.reputation;

import io.sandrun.protocol.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a verified job, as the decision sees it.
 *
 * @param node what its node is known for now; null as long as no node has it
 * @param digest of its answer, if it is ANSWERED
 * @param dependsOnMachine whether an honest node that is slower or smaller may have to answer so
 */
public record Copy(
        State state, @Nullable Reputation node, @Nullable String digest, boolean dependsOnMachine) {
    /** How far it has come. */
    public enum State {
        /** It waits for a node. */
        QUEUED,
        /** A node has it. */
        OUTSTANDING,
        /** Its node has told how it ended. */
        ANSWERED,
        /** Its node fell silent or could not run it, or it was cancelled. */
        LOST
    }

    /** One that waits for a node. */
    public static Copy queued() {
        return new Copy(State.QUEUED, null, null, false);
    }

    /** One that a node has. */
    public static Copy at(Reputation node) {
        return new Copy(State.OUTSTANDING, node, null, false);
    }

    /** One that a node has answered. */
    public static Copy answered(Reputation node, String digest, Outcome outcome) {
        return new Copy(State.ANSWERED, node, digest, dependsOnMachine(outcome));
    }

    /** One that will not be answered. */
    public static Copy lost(Reputation node) {
        return new Copy(State.LOST, node, null, false);
    }

    boolean isAnswered() {
        return state == State.ANSWERED;
    }

    boolean isLost() {
        return state == State.LOST;
    }

    /** Whether a node of this standing answered it. */
    boolean isAnsweredBy(Standing standing) {
        return isAnswered() && isWith(standing);
    }

    /** Whether a node of this standing has it. */
    boolean isWith(Standing standing) {
        return node != null && node.standing() == standing;
    }

    /** Time, memory, disk and processes run out on one machine and not on another, and an index is reached or not. */
    private static boolean dependsOnMachine(Outcome outcome) {
        return switch (outcome) {
            case TIMED_OUT, OUT_OF_MEMORY, DISK_LIMIT, PROCESS_LIMIT, INSTALL_FAILED -> true;
            case OK,
                    EXIT_NONZERO,
                    SIGNALLED,
                    OUTPUT_LIMIT,
                    CANCELLED,
                    NODE_LOST,
                    SANDBOX_ERROR,
                    INVALID_INPUT,
                    VERIFICATION_FAILED -> false;
        };
    }
}
