package io.sandrun.node.artifact;

import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.AttemptStep;
import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.runtime.output.Outputs;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what was kept of the program to the broker, while the attempt can still be cancelled. If the broker cannot be
 * reached, the report takes it along later. Thread-safe.
 */
public final class UploadOutputs implements AttemptStep {
    private static final Logger log = LoggerFactory.getLogger(UploadOutputs.class);

    private final OutputStore store;
    private final OutputUploads uploads;

    public UploadOutputs(OutputStore store, OutputUploads uploads) {
        this.store = store;
        this.uploads = uploads;
    }

    @Override
    public String doing() {
        return "its outputs were brought to the broker";
    }

    @Override
    public void take(AttemptWork work) throws AttemptFailedException, IOException {
        OutputReport outputs = report(work.result().orElseThrow().outputs());
        HeldAttempt attempt = work.attempt();
        try {
            uploads.upload(attempt.job().leaseId(), outputs, attempt::await);
        } catch (BrokerException answered) {
            if (answered.is(ErrorCode.STALE_LEASE)) {
                attempt.lose();
                throw new CancellationException();
            }
            leaveToReport(attempt, answered);
        } catch (IOException away) {
            leaveToReport(attempt, away);
        }
        work.report(outputs);
    }

    private void leaveToReport(HeldAttempt attempt, IOException why) throws AttemptFailedException, IOException {
        log.warn("The outputs of job {} go with its report: {}", attempt.job().id(), why.getMessage());
        if (store.totalBytes() > Limits.OUTPUTS_WAITING_BYTES) {
            throw new AttemptFailedException(
                    Outcome.SANDBOX_ERROR,
                    "The outputs of the job could not be brought to the broker, and too many others wait for it.");
        }
    }

    private static OutputReport report(Outputs outputs) {
        return new OutputReport(
                outputs.files().stream()
                        .map(file ->
                                new OutputReport.File(file.path(), file.sizeBytes(), file.sha256(), file.executable()))
                        .toList(),
                outputs.leftOut().stream()
                        .map(left -> new OutputReport.LeftOut(
                                left.name(), left.reason().words()))
                        .toList(),
                outputs.leftOutCount());
    }
}
