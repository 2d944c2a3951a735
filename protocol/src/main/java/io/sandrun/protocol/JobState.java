package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a job stands. Each constant tells who brings a job here and who takes it away; the guarded statements that do
 * so are listed in the broker's {@code JobLifecycle}.
 *
 * <pre>
 * PENDING -&gt; ASSIGNED -&gt; RUNNING -&gt; COMPLETED | FAILED | CANCELLED
 *    ^----------+-----------'         (a lost or released lease makes a new attempt)
 * </pre>
 */
public enum JobState {
    /**
     * Accepted and durable, held by nobody. A submit brings a job here, and so does the loss or the release of a lease.
     * A claim takes it away, or of a verified job the decision on its copies; a cancel ends it; a job whose attempts
     * are used up is failed from here.
     */
    PENDING,

    /**
     * One node holds the lease and has not said yet that the program started. A claim brings a job here. The node's
     * first sign of life for the lease, its report, its release, or its silence takes it away.
     */
    ASSIGNED,

    /** The node that holds the lease has the program running. Report, release, cancel or silence take it away. */
    RUNNING,

    /**
     * The program ran and exited with 0, or an earlier job that computed the same did: then a submit brings a job here
     * at once. A verified job comes from PENDING, since its copies were run. Nothing leaves here but deletion after
     * RESULT_TTL.
     */
    COMPLETED,

    /** The job has an outcome other than success, told by its {@link Outcome}. Nothing leaves here but deletion. */
    FAILED,

    /** Someone who may do so asked for the end before there was an outcome. Nothing leaves here but deletion. */
    CANCELLED;

    /** The older clients' word for a project that does not run yet. */
    public static final String QUEUED = "queued";

    /** Whether a job in this state has its outcome, which then never changes. */
    public boolean isFinal() {
        return switch (this) {
            case PENDING, ASSIGNED, RUNNING -> false;
            case COMPLETED, FAILED, CANCELLED -> true;
        };
    }

    /** Whether a node holds a lease on a job in this state. */
    public boolean isLeased() {
        return this == ASSIGNED || this == RUNNING;
    }

    /** The states from which a transition into this one exists. */
    public Set<JobState> predecessors() {
        return switch (this) {
            case PENDING -> Set.of(ASSIGNED, RUNNING);
            case ASSIGNED -> Set.of(PENDING);
            case RUNNING -> Set.of(ASSIGNED);
            case COMPLETED, FAILED, CANCELLED -> Set.of(PENDING, ASSIGNED, RUNNING);
        };
    }

    /** Our own word for this state on the wire, in the field {@code state}. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The older clients' word, in the field {@code status}: they know no final words but completed and failed, and
     * those who send projects no words beside these but {@link #QUEUED} and running.
     */
    public String legacyStatus(boolean isProject) {
        return switch (this) {
            case PENDING, ASSIGNED -> isProject ? QUEUED : wire();
            case RUNNING, COMPLETED, FAILED -> wire();
            case CANCELLED -> FAILED.wire();
        };
    }

    /** All of these words. */
    public static List<String> legacyStatuses() {
        return Stream.concat(Stream.of(QUEUED), Arrays.stream(values()).map(state -> state.legacyStatus(false)))
                .distinct()
                .toList();
    }

    /** @throws IllegalArgumentException if {@code wire} names no state */
    @JsonCreator
    public static JobState ofWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
