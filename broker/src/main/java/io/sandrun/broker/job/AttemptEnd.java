package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.AttemptRow.Phases;
import io.sandrun.broker.store.ResultRow;
import io.sandrun.broker.store.ResultRow.Measures;
import io.sandrun.broker.store.ResultRow.Voucher;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.PhasesAfterMs;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.log.LogReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node's report on one attempt, checked and ready to be stored.
 *
 * @param logOrder in which order the streams were printed, where that is not told by a log of its own
 * @param leaseId null from an older node: its present lease on the job counts
 * @param voucher the node's signature, null from a node without a key
 */
public record AttemptEnd(
        String nodeId,
        String jobId,
        @Nullable String leaseId,
        Outcome outcome,
        String reason,
        Printed stdout,
        Printed stderr,
        Measures measures,
        Phases phases,
        List<LogReport.Piece> logOrder,
        OutputReport outputs,
        @Nullable Voucher voucher) {

    /** @throws Refusal if a node may not report this */
    public static AttemptEnd of(Complete report) {
        AttemptReport more = report.attempt();
        if (more == null) {
            return ofOlderNode(report);
        }
        if (more.code() == Outcome.NODE_LOST || more.code() == Outcome.VERIFICATION_FAILED) {
            throw Refusal.invalidField("attempt.code", "an outcome that a node can know of");
        }
        return new AttemptEnd(
                report.nodeId(),
                report.jobId(),
                report.leaseId(),
                more.code(),
                more.reason(),
                Printed.reported(report.output(), more.outputBase64(), more.outputBytes(), "attempt.output_base64"),
                Printed.reported(report.error(), more.errorBase64(), more.errorBytes(), "attempt.error_base64"),
                new Measures(
                        report.exitCode(),
                        more.signal(),
                        more.usage().cpuSeconds(),
                        more.usage().memoryPeakBytes(),
                        more.usage().wallTimeMs(),
                        more.environment()),
                phases(more),
                more.log() == null ? List.of() : more.log().order(),
                more.outputs(),
                null);
    }

    private static AttemptEnd ofOlderNode(Complete report) {
        boolean succeeded = report.exitCode() == 0;
        return new AttemptEnd(
                report.nodeId(),
                report.jobId(),
                report.leaseId(),
                succeeded ? Outcome.OK : Outcome.EXIT_NONZERO,
                succeeded ? "" : "The program exited with code " + report.exitCode() + ".",
                Printed.reported(report.output(), null, 0, "output"),
                Printed.reported(report.error(), null, 0, "error"),
                new Measures(report.exitCode(), null, 0, 0, 0, null),
                Phases.UNKNOWN,
                List.of(),
                OutputReport.NOTHING,
                null);
    }

    private static Phases phases(AttemptReport more) {
        PhasesAfterMs said = more.phases();
        return said == null
                ? new Phases(null, null, null, more.start(), more.phasesMs())
                : new Phases(said.prepared(), said.started(), said.ended(), more.start(), more.phasesMs());
    }

    ResultRow row() {
        return new ResultRow(
                stdout.kept(),
                stderr.kept(),
                LogOrder.written(logOrder),
                stdout.printedBytes(),
                stderr.printedBytes(),
                measures,
                voucher);
    }

    /** The same end with its node's signature, which was found to fit. */
    public AttemptEnd vouchedBy(Voucher signed) {
        return new AttemptEnd(
                nodeId, jobId, leaseId, outcome, reason, stdout, stderr, measures, phases, logOrder, outputs, signed);
    }
}
