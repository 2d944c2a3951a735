package io.sandrun.runtime;

/**
 * Where the time of a run went.
 *
 * @param start how the command's process came to be
 * @param prepareNanos until an empty sandbox was ready
 * @param goNanos until files were written and the command was handed over
 * @param runNanos until nothing of the sandbox was left
 */
public record PhaseTimes(Start start, long prepareNanos, long goNanos, long runNanos) {
    public static final PhaseTimes NONE = new PhaseTimes(Start.COLD, 0, 0, 0);
}
