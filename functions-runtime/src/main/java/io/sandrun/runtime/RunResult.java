package io.sandrun.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What became of a run.
 *
 * @param exitCode of the main process, 128 + signal when a signal ended it, null when it never ran
 * @param signal that ended the main process, if one did
 * @param reason a sentence a person can act on; empty when the outcome is {@link Outcome#OK}
 */
public record RunResult(
        Outcome outcome,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        String reason,
        CapturedStream stdout,
        CapturedStream stderr,
        Usage usage,
        PhaseTimes phases) {
    /** The result of a run whose command was never started. */
    public static RunResult neverRan(Outcome outcome, String reason) {
        return new RunResult(
                outcome, null, null, reason, CapturedStream.EMPTY, CapturedStream.EMPTY, Usage.NONE, PhaseTimes.NONE);
    }
}
