package io.sandrun.runtime;

/**
 * Where the time of a run went.
 *
 * @param start how much was there before the run was asked for
 * @param birth where the command's process came from
 * @param prepareNanos until an empty sandbox was ready; 0 if it was before
 * @param goNanos until files were written and the command was handed over
 * @param runNanos until nothing of the sandbox was left
 */
public record PhaseTimes(Start start, Birth birth, long prepareNanos, long goNanos, long runNanos) {
    public static final PhaseTimes NONE = new PhaseTimes(Start.COLD, Birth.EXECUTED, 0, 0, 0);

    /** Whether the process began its life in another one. */
    public boolean isForked() {
        return birth == Birth.FORKED;
    }
}
