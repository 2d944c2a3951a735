package io.sandrun.runtime;

import io.sandrun.runtime.output.Outputs;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run.
 *
 * @param exitCode of the main process, 128 + signal when a signal ended it, null when it never ran
 * @param signal that ended the main process, if one did
 * @param reason a sentence a person can act on; empty when the outcome is {@link Outcome#OK}
 * @param outputs what was taken out of /work, however the run ended, unless it was cancelled
 */
public record RunResult(
        Outcome outcome,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        String reason,
        CapturedStream stdout,
        CapturedStream stderr,
        Usage usage,
        PhaseTimes phases,
        Outputs outputs) {
    /** The result of a run whose command was never started. */
    public static RunResult neverRan(Outcome outcome, String reason) {
        return new RunResult(
                outcome,
                null,
                null,
                reason,
                CapturedStream.EMPTY,
                CapturedStream.EMPTY,
                Usage.NONE,
                PhaseTimes.NONE,
                Outputs.NONE);
    }

    /** The same run, with what was taken of it. */
    public RunResult with(Outputs taken) {
        return new RunResult(outcome, exitCode, signal, reason, stdout, stderr, usage, phases, taken);
    }

    /** The same run, whose outcome is lost by a failure of ours. */
    public RunResult failed(String why) {
        return new RunResult(Outcome.SANDBOX_ERROR, exitCode, signal, why, stdout, stderr, usage, phases, Outputs.NONE);
    }
}
