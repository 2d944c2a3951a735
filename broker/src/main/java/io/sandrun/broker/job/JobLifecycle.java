package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Lease;
import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import io.sandrun.broker.store.Write;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The transitions of a job. There are no others, and each is one guarded statement:
 *
 * <pre>
 * submit              -&gt; PENDING | COMPLETED  COMPLETED with an earlier job's result, see {@link JobIntake}
 * assign    PENDING   -&gt; ASSIGNED             a claim takes the best job that its node can serve
 * due       PENDING   -&gt; PENDING              its time has come, so that a claim may take it
 * start     ASSIGNED  -&gt; RUNNING              the holder's heartbeat says so
 * complete  leased    -&gt; COMPLETED | FAILED | CANCELLED    the holder reports
 *           leased    -&gt; PENDING              ... that the sandbox failed and attempts are left, or the program did
 *                                               and its submitter wants it tried again
 * release   leased    -&gt; PENDING              the holder gives it back; does not count as an attempt that failed
 * expire    leased    -&gt; PENDING | FAILED     the holder is lost; FAILED when attempts are used up
 * cancel    PENDING   -&gt; CANCELLED            leased: noted, told to the holder, ends with its report
 * decide    PENDING   -&gt; COMPLETED | FAILED   a verified job, by its copies: see {@code broker.verify}
 * </pre>
 *
 * A leased job whose cancel was noted is never run again: whatever ends its lease makes it CANCELLED. Thread-safe;
 * every answer comes after its commit, and {@link JobListener}s hear of it before the caller does.
 */
public final class JobLifecycle {
    /** The longest that a doubling delay before a retry becomes: a day. */
    private static final long RETRY_DELAY_MAX_MS = 24 * 3_600_000L;

    /** Jobs whose time has come, of one transaction: some milliseconds of the writer's time. */
    private static final int DUE_BATCH = 500;

    private static final String CANCELLED_REASON = "Cancelled on request.";

    private final Store store;
    private final Clock clock;
    private final RequirementClasses classes;
    private final JobNews news;
    private final TurnClock turns;
    private final int maxRetries;
    private final HandOut handOut;

    public JobLifecycle(
            Store store,
            Clock clock,
            RequirementClasses classes,
            JobNews news,
            TurnClock turns,
            int maxRetries,
            HandOut handOut) {
        this.store = store;
        this.clock = clock;
        this.classes = classes;
        this.news = news;
        this.turns = turns;
        this.maxRetries = maxRetries;
        this.handOut = handOut;
    }

    /**
     * A job handed to a node.
     *
     * @param spec its {@link JobSpec} as JSON
     * @param original set for a copy
     */
    public record Assigned(
            JobRow job, Lease lease, String spec, @Nullable Original original) {}

    /** The verified job of a copy: what all its copies are to see alike. */
    public record Original(String jobId, long submittedAtMs) {}

    /**
     * What a claim got.
     *
     * @param isHeldBack whether its node may not have as many as it wanted
     * @param classesVersion of the classes that were asked for: a newer class may have been missed
     */
    public record Assignment(List<Assigned> jobs, boolean isHeldBack, long classesVersion) {}

    /**
     * Hands jobs to a node.
     *
     * @param wanted how many it wants, asked when its turn has come
     * @param afterCommit runs on the writer's thread, see {@link JobListener}
     */
    public <R> CompletableFuture<R> assign(Node node, IntSupplier wanted, Function<Assignment, R> afterCommit) {
        return store.write(
                tables -> {
                    long version = classes.version();
                    HandOut.Given given = handOut.assign(tables, node, classes.servableBy(node), wanted.getAsInt());
                    return new Assignment(given.jobs(), given.isHeldBack(), version);
                },
                assignment -> {
                    news.assigned(assignment.jobs);
                    return afterCommit.apply(assignment);
                });
    }

    /** Whether a node may have a copy of a job of which others are or were at these places. */
    public boolean mayHave(Node node, List<Place> apart) {
        return handOut.mayHave(node, apart);
    }

    /** Answers how many of the leases began to run just now. */
    public CompletableFuture<Integer> start(List<LeaseRow> leases) {
        long nowMs = clock.millis();
        return store.write(tables -> {
            int started = 0;
            for (LeaseRow row : leases) {
                Lease lease = Lease.of(row);
                if (tables.jobs().start(lease)) {
                    tables.attempts().start(lease, nowMs);
                    started++;
                }
            }
            return started;
        });
    }

    /**
     * Records the holder's report. The same report again, after its answer was lost, is answered like the first.
     *
     * @return fails with a {@link Refusal} if the lease was taken away or never held
     */
    public CompletableFuture<Void> complete(Complete report) {
        return complete(List.of(AttemptEnd.of(report))).get(0);
    }

    /**
     * Records several reports in one commit. Each stands for itself: one that is stale, or that the database refuses,
     * fails its own future and spoils no other.
     */
    public List<CompletableFuture<Void>> complete(List<AttemptEnd> ends) {
        return store
                .writeEach(ends.stream()
                        .map(end -> new Write<>(tables -> record(tables, end), recorded -> announce(recorded, end)))
                        .toList())
                .stream()
                .map(recorded -> recorded.thenAccept(JobLifecycle::refuseIfStale))
                .toList();
    }

    private Recorded announce(Recorded recorded, AttemptEnd end) {
        recorded.changed.ifPresent(job -> {
            if (job.state().isFinal() && recorded.withResult) {
                news.reported(job, end);
            }
            news.leaseEnded(job);
        });
        return recorded;
    }

    private static void refuseIfStale(Recorded recorded) {
        if (recorded.isStale()) {
            throw new Refusal(
                    ErrorCode.STALE_LEASE,
                    "This node does not hold the job (any more): the report changes nothing.",
                    Map.of("job_id", recorded.jobId));
        }
    }

    private record Recorded(String jobId, Optional<JobRow> changed, boolean withResult, boolean isStale) {
        static Recorded nothing(AttemptEnd end, boolean isStale) {
            return new Recorded(end.jobId(), Optional.empty(), false, isStale);
        }
    }

    private Recorded record(Tables tables, AttemptEnd end) {
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
                        .ifPresent(JobLifecycle::refuseUnknown);
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
        boolean otherFits =
                fault.outcome == Outcome.SANDBOX_ERROR && classes.fitAnotherThan(lease.nodeId(), held.classId());
        return tables.jobs().requeue(lease, true, otherFits ? lease.nodeId() : null, fault.reason);
    }

    /** Takes leases away from a lost holder; answers how many were still held. */
    public CompletableFuture<Integer> expire(List<LeaseRow> leases, String reason) {
        return giveUp(
                leases, (tables, held, lease) -> endFault(tables, held, lease, new Fault(Outcome.NODE_LOST, reason)));
    }

    /** Takes leases back from a holder that cannot use them; answers how many were still held. */
    public CompletableFuture<Integer> release(List<LeaseRow> leases) {
        return giveUp(leases, (tables, held, lease) -> {
            long nowMs = clock.millis();
            tables.attempts().close(lease, null, "Given back.", nowMs);
            return held.cancelRequested()
                    ? tables.jobs().endLeased(lease, Outcome.CANCELLED, CANCELLED_REASON, nowMs)
                    : tables.jobs().requeue(lease, false, null, "Its node gave it back.");
        });
    }

    @FunctionalInterface
    private interface End {
        Optional<JobRow> of(Tables tables, JobRow held, Lease lease);
    }

    private CompletableFuture<Integer> giveUp(List<LeaseRow> leases, End end) {
        if (leases.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        return store.write(
                tables -> {
                    List<JobRow> changed = new ArrayList<>();
                    for (LeaseRow row : leases) {
                        Lease lease = Lease.of(row);
                        tables.jobs()
                                .findLeased(lease)
                                .flatMap(held -> end.of(tables, held, lease))
                                .ifPresent(changed::add);
                    }
                    return changed;
                },
                changed -> {
                    changed.forEach(news::leaseEnded);
                    return changed.size();
                });
    }

    /**
     * Lets jobs be claimed whose time has come.
     *
     * @return when the next ones are due, in milliseconds since 1970; may be in the past if there were many
     */
    public CompletableFuture<OptionalLong> releaseDue() {
        return store.write(
                tables -> new Released(
                        tables.jobs().due(clock.millis(), DUE_BATCH).stream()
                                .flatMap(job -> tables.jobs().releaseDue(job, turns.now(job.priority())).stream())
                                .toList(),
                        tables.jobs().nextDueMs()),
                released -> {
                    released.jobs.forEach(news::waiting);
                    return released.nextDueMs;
                });
    }

    private record Released(List<Waiting> jobs, OptionalLong nextDueMs) {}

    /** Lets jobs go to the node that failed them: to be called when nodes went, so that it may be the only one left. */
    public CompletableFuture<Integer> stopAvoiding() {
        return store.write(tables -> tables.jobs().stopAvoiding(), freed -> {
            freed.forEach(news::waiting);
            return freed.size();
        });
    }

    /** @return fails with a {@link Refusal} if there is no such job or it has its outcome */
    public CompletableFuture<JobRow> cancel(String jobId) {
        return store.write(
                tables -> tables.jobs()
                        .cancelPending(jobId, CANCELLED_REASON, clock.millis())
                        .or(() -> tables.jobs().requestCancel(jobId))
                        .orElseThrow(() -> tables.jobs()
                                .find(jobId)
                                .map(job -> job.copyOf() != null
                                        ? Refusal.invalidField("job_id", "a job: this is a copy, and ends with its job")
                                        : new Refusal(
                                                ErrorCode.ALREADY_FINISHED,
                                                "The job is " + job.state().wire() + " already.",
                                                Map.of(
                                                        "job_id",
                                                        jobId,
                                                        "state",
                                                        job.state().wire())))
                                .orElseGet(() -> Refusal.unknownJob(jobId))),
                job -> {
                    if (job.state() == JobState.CANCELLED) {
                        news.endedPending(job);
                    } else {
                        news.cancelRequested(job);
                    }
                    return job;
                });
    }
}
