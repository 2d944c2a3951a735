package io.sandrun.node;

import io.sandrun.node.ReportLoop.Then;
import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.AttemptStep;
import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.Outcome;
import io.sandrun.runtime.Slot;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one claimed job through the steps of an attempt in one slot, and reports it. Thread-safe. */
final class AttemptRunner {
    private static final Logger log = LoggerFactory.getLogger(AttemptRunner.class);

    private final List<AttemptStep> steps;
    private final LogLoop logs;
    private final ReportLoop reports;

    /** @param steps in their order; the report comes after the last */
    AttemptRunner(List<AttemptStep> steps, LogLoop logs, ReportLoop reports) {
        this.steps = List.copyOf(steps);
        this.logs = logs;
        this.reports = reports;
    }

    /**
     * Runs to the end, within the limits of the job; returns when the report is delivered or kept.
     *
     * @param then told what the slot does afterwards, when the program has ended
     * @return the job that the slot is to go on with, if its report has brought one
     */
    Optional<ClaimedJob> run(Slot slot, HeldAttempt attempt, Supplier<Then> then) {
        ClaimedJob job = attempt.job();
        try (AttemptWork work = new AttemptWork(slot, attempt, logs.open(attempt))) {
            Complete report = go(work);
            work.log().end();
            if (attempt.isLost()) {
                log.info("Job {} was stopped: its lease is lost", job.id());
                reports.forget(job.leaseId());
                return Optional.empty();
            }
            return reports.report(Reports.withLog(report, work.log()), then.get());
        } catch (RuntimeException | Error broken) {
            log.error("Job {} met a fault of this node", job.id(), broken);
            return reports.report(Reports.ofFault(job), Then.REST);
        }
    }

    /** Goes through the steps as far as they lead. */
    private Complete go(AttemptWork work) {
        ClaimedJob job = work.job();
        for (AttemptStep step : steps) {
            try {
                step.take(work);
            } catch (AttemptFailedException failed) {
                return Reports.ofFailure(work, failed.outcome(), failed.reason());
            } catch (CancellationException unwanted) {
                return Reports.ofCancelled(work);
            } catch (IOException ownFault) {
                log.error("Job {} met a fault of this node while {}", job.id(), step.doing(), ownFault);
                return Reports.ofFailure(work, Outcome.SANDBOX_ERROR, "The node failed: " + ownFault.getMessage());
            }
        }
        return Reports.of(work);
    }
}
