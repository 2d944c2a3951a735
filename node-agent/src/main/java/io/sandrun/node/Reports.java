package io.sandrun.node;

import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.node.log.AttemptLog;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.PhasesAfterMs;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import io.sandrun.protocol.identity.AttemptAccount;
import io.sandrun.runtime.PhaseTimes;
import io.sandrun.runtime.RunResult;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How the end of an attempt reads on the wire. */
final class Reports {
    /** The exit code on the wire of a program that never ran. */
    private static final int NEVER_RAN = -1;

    private Reports() {}

    /** Of an attempt that went through all its steps. */
    static Complete of(AttemptWork work) {
        RunResult result = work.result().orElseThrow();
        return of(work, result, outcome(result.outcome()), result.reason(), work.outputs());
    }

    /** Of one that nobody wants any more: with what its program had printed, if it ran. */
    static Complete ofCancelled(AttemptWork work) {
        return work.result()
                .map(result -> of(
                        work, result, Outcome.CANCELLED, "The job was cancelled before its end.", OutputReport.NOTHING))
                .orElseGet(
                        () -> ofFailure(work, Outcome.CANCELLED, "The job was cancelled before its program started."));
    }

    /** Instead of a report that cannot be delivered: it keeps what was printed, and has no outputs. */
    static Complete ofFailure(Complete report, String reason) {
        AttemptReport attempt = Objects.requireNonNull(report.attempt());
        return report.with(new AttemptReport(
                Outcome.SANDBOX_ERROR,
                reason,
                attempt.signal(),
                attempt.outputBase64(),
                attempt.errorBase64(),
                attempt.outputBytes(),
                attempt.errorBytes(),
                attempt.usage(),
                attempt.phases(),
                attempt.start(),
                attempt.phasesMs(),
                attempt.environment(),
                OutputReport.NOTHING,
                attempt.log()));
    }

    /** Of one of which nothing more can be said: it gets no receipt. */
    static Complete ofFault(ClaimedJob job) {
        return complete(
                job,
                "",
                "",
                NEVER_RAN,
                failure(Outcome.SANDBOX_ERROR, "The node met a fault of its own: its log tells more."),
                null);
    }

    /** The same, with what is to be said of the attempt's log, which has ended. */
    static Complete withLog(Complete report, AttemptLog log) {
        AttemptReport attempt = Objects.requireNonNull(report.attempt());
        return report.with(attempt.with(log.report(attempt.outputBytes(), attempt.errorBytes())));
    }

    /** Of one that ended before its program could. */
    static Complete ofFailure(AttemptWork work, Outcome outcome, String reason) {
        AttemptReport report = failure(outcome, reason);
        return complete(work.job(), "", "", NEVER_RAN, report, work.account(null));
    }

    private static AttemptReport failure(Outcome outcome, String reason) {
        return AttemptReport.of(outcome, reason, 0, new Usage(0, 0, 0), OutputReport.NOTHING);
    }

    private static Complete of(
            AttemptWork work, RunResult result, Outcome outcome, String reason, OutputReport outputs) {
        byte[] output = result.stdout().bytes();
        byte[] error = result.stderr().bytes();
        AttemptReport report = new AttemptReport(
                outcome,
                reason,
                result.signal(),
                base64UnlessText(output),
                base64UnlessText(error),
                result.stdout().totalBytes(),
                result.stderr().totalBytes(),
                new Usage(
                        Math.round(result.usage().cpuTime().toNanos() / 1e6) / 1e3,
                        result.usage().memoryPeakBytes(),
                        result.usage().wallTime().toMillis()),
                phases(result.phases(), work.waited()),
                start(result.phases()),
                phasesMs(result.phases()),
                work.environmentName().orElse(null),
                outputs,
                null);
        Integer exitCode = result.exitCode();
        return complete(
                work.job(),
                text(output),
                text(error),
                exitCode == null ? NEVER_RAN : exitCode,
                report,
                work.account(report.phases()));
    }

    /** A run that got no sandbox has no phases. */
    private static @Nullable PhasesAfterMs phases(PhaseTimes times, Duration waited) {
        if (times.equals(PhaseTimes.NONE)) {
            return null;
        }
        long preparedNanos = waited.toNanos() + times.prepareNanos();
        long startedNanos = preparedNanos + times.goNanos();
        return new PhasesAfterMs(
                TimeUnit.NANOSECONDS.toMillis(preparedNanos),
                TimeUnit.NANOSECONDS.toMillis(startedNanos),
                TimeUnit.NANOSECONDS.toMillis(startedNanos + times.runNanos()));
    }

    private static @Nullable Start start(PhaseTimes times) {
        if (times.equals(PhaseTimes.NONE)) {
            return null;
        }
        return switch (times.start()) {
            case COLD -> Start.COLD;
            case FORKED -> Start.FORKED;
            case WARM -> Start.WARM;
        };
    }

    private static @Nullable PhasesMs phasesMs(PhaseTimes times) {
        return times.equals(PhaseTimes.NONE)
                ? null
                : PhasesMs.ofNanos(times.prepareNanos(), times.goNanos(), times.runNanos());
    }

    private static Complete complete(
            ClaimedJob job,
            String output,
            String error,
            int exitCode,
            AttemptReport report,
            @Nullable AttemptAccount account) {
        // The node's id is filled in when the report is sent: it may have changed by then.
        return new Complete("", job.id(), output, error, exitCode, job.leaseId(), report, null, account);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static @Nullable String base64UnlessText(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return null;
        } catch (CharacterCodingException notText) {
            return Base64.getEncoder().encodeToString(bytes);
        }
    }

    private static Outcome outcome(io.sandrun.runtime.Outcome outcome) {
        return switch (outcome) {
            case OK -> Outcome.OK;
            case EXIT_NONZERO -> Outcome.EXIT_NONZERO;
            case SIGNALLED -> Outcome.SIGNALLED;
            case TIMED_OUT -> Outcome.TIMED_OUT;
            case OUT_OF_MEMORY -> Outcome.OUT_OF_MEMORY;
            case OUTPUT_LIMIT -> Outcome.OUTPUT_LIMIT;
            case DISK_LIMIT -> Outcome.DISK_LIMIT;
            case PROCESS_LIMIT -> Outcome.PROCESS_LIMIT;
            case CANCELLED -> Outcome.CANCELLED;
            case SANDBOX_ERROR -> Outcome.SANDBOX_ERROR;
            case INVALID_INPUT -> Outcome.INVALID_INPUT;
        };
    }
}
