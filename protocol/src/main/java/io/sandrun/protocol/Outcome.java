package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a job ended. The words are stable: scripts compare them. */
public enum Outcome {
    /** The program exited with 0. */
    OK,
    /** The program exited with another code: a result, not a reason to run it again. */
    EXIT_NONZERO,
    /** A signal that no limit of ours sent ended the program. */
    SIGNALLED,
    /** Its wall time or its CPU time was used up; the reason says which. */
    TIMED_OUT,
    /** It wanted more memory than its limit. */
    OUT_OF_MEMORY,
    /** It printed more than a job may print. */
    OUTPUT_LIMIT,
    /** Its disk space or its number of files was used up. */
    DISK_LIMIT,
    /** It wanted more processes than its limit. */
    PROCESS_LIMIT,
    /** Someone asked for its end. */
    CANCELLED,
    /** Its nodes fell silent, as often as a job is tried. */
    NODE_LOST,
    /** What it requires could not be installed: its log tells which package, and why. */
    INSTALL_FAILED,
    /** The sandbox could not be set up: the node's fault, not the program's. */
    SANDBOX_ERROR,
    /** What was submitted cannot be run. */
    INVALID_INPUT,
    /** Copies of the job did not agree. */
    VERIFICATION_FAILED;

    /** The state of a job that ended so. */
    public JobState finalState() {
        return switch (this) {
            case OK -> JobState.COMPLETED;
            case CANCELLED -> JobState.CANCELLED;
            case EXIT_NONZERO,
                    SIGNALLED,
                    TIMED_OUT,
                    OUT_OF_MEMORY,
                    OUTPUT_LIMIT,
                    DISK_LIMIT,
                    PROCESS_LIMIT,
                    NODE_LOST,
                    INSTALL_FAILED,
                    SANDBOX_ERROR,
                    INVALID_INPUT,
                    VERIFICATION_FAILED -> JobState.FAILED;
        };
    }

    /** Whether the attempt never ran for reasons that lie with its node, so that another attempt may do better. */
    public boolean isNodeFault() {
        return this == NODE_LOST || this == SANDBOX_ERROR;
    }

    /** Whether the program itself failed, so that its submitter may want it tried again. */
    public boolean isProgramFault() {
        return switch (this) {
            case EXIT_NONZERO, SIGNALLED, TIMED_OUT, OUT_OF_MEMORY, OUTPUT_LIMIT, DISK_LIMIT, PROCESS_LIMIT -> true;
            case OK, CANCELLED, NODE_LOST, INSTALL_FAILED, SANDBOX_ERROR, INVALID_INPUT, VERIFICATION_FAILED -> false;
        };
    }

    /** The stable code on the wire. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if {@code wire} names no outcome */
    @JsonCreator
    public static Outcome ofWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
