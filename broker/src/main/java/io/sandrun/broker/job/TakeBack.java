package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Lease;
import io.sandrun.broker.store.Tables;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import java.time.Clock;
import java.util.Optional;

/**
 * Ends leases: what becomes of a job whose holder has reported, is lost, or gives it back. For the writer's thread.
 */
final class TakeBack {
    static final String CANCELLED_REASON = "Cancelled on request.";

    /** The longest that a doubling delay before a retry becomes: a day. */
    private static final long RETRY_DELAY_MAX_MS = 24 * 3_600_000L;

    /**
     * How long a job waits for another node than the one whose sandbox failed it: others may have been full all that
     * time, and many such failures pass. The attempts that it has left bound what it is worth to be wrong.
     */
    private static final long AVOIDANCE_MS = 60_000;

    private final Clock clock;
    private final RequirementClasses classes;
    private final int maxRetries;

    TakeBack(Clock clock, RequirementClasses classes, int maxRetries) {
        this.clock = clock;
        this.classes = classes;
        this.maxRetries = maxRetries;
    }

    /**
     * What a report has changed.
     *
     * @param changed the job, unless the report was known already or is stale
     * @param withResult whether it has a result by this report
     * @param isStale whether the lease was taken away, or never was the reporter's
     */
    record Recorded(String jobId, Optional<JobRow> changed, boolean withResult, boolean isStale) {
        static Recorded nothing(AttemptEnd end, boolean isStale) {
            return new Recorded(end.jobId(), Optional.empty(), false, isStale);
        }
    }

    /** Its holder says how it ended. */
    Recorded reported(Tables tables, AttemptEnd end) {
        Optional<String> leaseId = end.leaseId() != null
                ? Optional.of(end.leaseId())
                : tables.jobs()
                        .leaseOf(end.jobId(), end.nodeId())
                        .or(() -> tables.attempts().lastLeaseOf(end.jobId(), end.nodeId()));
        if (leaseId.isEmpty()) {
            return Recorded.nothing(end, true);
        }
        Lease lease = new Lease(end.jobId(), end.nodeId(), leaseId.get());
        Optional<JobRow> changed;
        boolean withResult = !end.outcome().isNodeFault() && end.outcome() != Outcome.CANCELLED;
        if (withResult) {
            changed = end(tables, end, lease, end.reason());
        } else {
            Optional<JobRow> held = tables.jobs().findLeased(lease);
            withResult = end.outcome() == Outcome.CANCELLED
                    && held.filter(JobRow::cancelRequested).isPresent();
            changed = withResult
                    ? end(tables, end, lease, CANCELLED_REASON)
                    : held.flatMap(job -> endFault(tables, job, lease, fault(end)));
        }
        return changed.isPresent()
                ? new Recorded(end.jobId(), changed, withResult, false)
                : Recorded.nothing(end, !tables.attempts().wasReported(lease));
    }

    private Optional<JobRow> end(Tables tables, AttemptEnd end, Lease lease, String reason) {
        long nowMs = clock.millis();
        // Asked only after a failure, so that the usual end is one statement.
        Optional<JobRow> again =
                end.outcome().isProgramFault() ? retry(tables, lease, reason, nowMs) : Optional.empty();
        Optional<JobRow> changed = again.or(() -> tables.jobs().endLeased(lease, end.outcome(), reason, nowMs));
        changed.ifPresent(job -> {
            tables.attempts().close(lease, end.outcome(), reason, end.phases(), nowMs);
            if (job.state().isFinal()) {
                tables.results().insert(job.seq(), end.row());
                tables.outputs()
                        .insert(job.seq(), lease.leaseId(), end.outputs())
                        .ifPresent(TakeBack::refuseUnknown);
            }
        });
        return changed;
    }

    private static void refuseUnknown(OutputReport.File file) {
        throw Refusal.invalidField(
                "attempt.outputs.files",
                "files that were uploaded under the lease; " + file.sha256() + " with " + file.sizeBytes()
                        + " bytes was not");
    }

    private static Fault fault(AttemptEnd end) {
        return end.outcome().isNodeFault()
                ? new Fault(end.outcome(), end.reason())
                : new Fault(Outcome.SANDBOX_ERROR, "Its node ended it without being asked to.");
    }

    private static Optional<JobRow> retry(Tables tables, Lease lease, String reason, long nowMs) {
        return tables.jobs()
                .findLeased(lease)
                .filter(held -> held.retries().areLeft() && !held.cancelRequested())
                .map(JobRow::retries)
                .flatMap(retries -> {
                    long delayMs = Math.min(retries.backoffMs() << retries.made(), RETRY_DELAY_MAX_MS);
                    String again = "%s Attempt %d of %d follows."
                            .formatted(reason, retries.made() + 2, retries.allowed() + 1)
                            .strip();
                    return tables.jobs().retry(lease, again, delayMs == 0 ? null : nowMs + delayMs);
                });
    }

    /** Why an attempt failed through no doing of the program. */
    private record Fault(Outcome outcome, String reason) {}

    private Optional<JobRow> endFault(Tables tables, JobRow held, Lease lease, Fault fault) {
        long nowMs = clock.millis();
        tables.attempts().close(lease, fault.outcome, fault.reason, nowMs);
        if (held.cancelRequested()) {
            return tables.jobs().endLeased(lease, Outcome.CANCELLED, CANCELLED_REASON, nowMs);
        }
        if (held.copyOf() != null) {
            // Another copy makes up for it, at another node: what became of this one is evidence.
            return tables.jobs().endLeased(lease, fault.outcome, fault.reason, nowMs);
        }
        if (held.faults() >= maxRetries) {
            String reason = fault.reason + " It was tried " + (held.faults() + 1) + " times.";
            return tables.jobs().endLeased(lease, fault.outcome, reason, nowMs);
        }
        boolean otherFits = fault.outcome == Outcome.SANDBOX_ERROR
                && classes.fitAnotherThan(lease.nodeId(), held.classId(), held.client());
        return tables.jobs().requeue(lease, true, otherFits ? (Long) (nowMs + AVOIDANCE_MS) : null, fault.reason);
    }

    /** Its holder is lost. */
    Optional<JobRow> lost(Tables tables, JobRow held, Lease lease, String reason) {
        return endFault(tables, held, lease, new Fault(Outcome.NODE_LOST, reason));
    }

    /** Its holder cannot use it: that is no attempt that failed. */
    Optional<JobRow> givenBack(Tables tables, JobRow held, Lease lease) {
        long nowMs = clock.millis();
        tables.attempts().close(lease, null, "Given back.", nowMs);
        return held.cancelRequested()
                ? tables.jobs().endLeased(lease, Outcome.CANCELLED, CANCELLED_REASON, nowMs)
                : tables.jobs().requeue(lease, false, null, "Its node gave it back.");
    }
}
