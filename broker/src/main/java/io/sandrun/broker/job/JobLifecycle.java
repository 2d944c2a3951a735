package io.sandrun.broker.job;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.broker.store.Lease;
import io.sandrun.broker.store.LeaseRow;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import io.sandrun.broker.store.Write;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.Outcome;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The transitions of a job. There are no others, and each is one guarded statement:
 *
 * <pre>
 * submit              -&gt; PENDING
 * assign    PENDING   -&gt; ASSIGNED             a claim takes the best job that its node can serve
 * start     ASSIGNED  -&gt; RUNNING              the holder's heartbeat says so
 * complete  leased    -&gt; COMPLETED | FAILED | CANCELLED    the holder reports
 *           leased    -&gt; PENDING              ... that the sandbox failed and attempts are left
 * release   leased    -&gt; PENDING              the holder gives it back; does not count as an attempt that failed
 * expire    leased    -&gt; PENDING | FAILED     the holder is lost; FAILED when attempts are used up
 * cancel    PENDING   -&gt; CANCELLED            leased: noted, told to the holder, ends with its report
 * </pre>
 *
 * A leased job whose cancel was noted is never run again: whatever ends its lease makes it CANCELLED. Thread-safe; every
 * answer comes after its commit, and {@link JobListener}s hear of it before the caller does.
 */
public final class JobLifecycle {
    /** How long beyond its time limit a job may be held: room for setting up the sandbox and for a report's retries. */
    private static final long LEASE_ALLOWANCE_MS = 120_000;

    private static final String CANCELLED_REASON = "Cancelled on request.";

    private final Store store;
    private final Clock clock;
    private final FreshId freshId;
    private final RequirementClasses classes;
    private final QueueCounts counts;
    private final JobResults results;
    private final int maxRetries;
    private final List<JobListener> listeners = new CopyOnWriteArrayList<>();

    public JobLifecycle(
            Store store,
            Clock clock,
            FreshId freshId,
            RequirementClasses classes,
            QueueCounts counts,
            JobResults results,
            int maxRetries) {
        this.store = store;
        this.clock = clock;
        this.freshId = freshId;
        this.classes = classes;
        this.counts = counts;
        this.results = results;
        this.maxRetries = maxRetries;
    }

    /** To be called while the broker is put together. */
    public void addListener(JobListener listener) {
        listeners.add(listener);
    }

    /** @param position its place in the whole queue, from 1 */
    public record Submitted(String jobId, long position) {}

    /**
     * A job handed to a node.
     *
     * @param spec its {@link JobSpec} as JSON
     */
    public record Assigned(JobRow job, Lease lease, String spec) {}

    /**
     * What a claim got.
     *
     * @param classesVersion of the classes that were asked for: a newer class may have been missed
     */
    public record Assignment(List<Assigned> jobs, long classesVersion) {}

    public CompletableFuture<Submitted> submit(JobSpec spec) {
        return submit(List.of(spec)).thenApply(submitted -> submitted.get(0));
    }

    /** Accepts all of these jobs or none, in their order. */
    public CompletableFuture<List<Submitted>> submit(List<JobSpec> specs) {
        List<Submission> submissions = specs.stream().map(this::prepare).toList();
        return store.write(
                tables -> submissions.stream()
                        .map(submission -> insert(tables, submission))
                        .toList(),
                classIds -> {
                    List<Submitted> submitted = new ArrayList<>(submissions.size());
                    for (int index = 0; index < submissions.size(); index++) {
                        submitted.add(announce(submissions.get(index), classIds.get(index)));
                    }
                    return submitted;
                });
    }

    /** A job that is about to be written, and what it needs. */
    private record Submission(NewJob job, String canonicalNeeds) {}

    private Submission prepare(JobSpec spec) {
        NewJob job = new NewJob(
                freshId.job(),
                spec.interpreter(),
                Sha256.hex(spec.code()),
                Json.write(spec),
                Math.round(spec.limits().timeout() * 1000),
                clock.millis());
        return new Submission(job, RequirementClass.of(spec).canonical());
    }

    private long insert(Tables tables, Submission submission) {
        long classId = classes.intern(tables, submission.canonicalNeeds);
        tables.jobs().insert(submission.job, classId);
        return classId;
    }

    private Submitted announce(Submission submission, long classId) {
        classes.learn(classId, submission.canonicalNeeds);
        String jobId = submission.job.id();
        Submitted submitted = new Submitted(jobId, counts.submitted());
        listeners.forEach(listener -> listener.waiting(jobId, classId));
        return submitted;
    }

    /** @param afterCommit runs on the writer's thread, see {@link JobListener} */
    public <R> CompletableFuture<R> assign(Node node, int slots, Function<Assignment, R> afterCommit) {
        return store.write(
                tables -> {
                    long version = classes.version();
                    return new Assignment(assign(tables, node, classes.servableBy(node), slots), version);
                },
                assignment -> {
                    counts.assigned(assignment.jobs.size());
                    return afterCommit.apply(assignment);
                });
    }

    private List<Assigned> assign(Tables tables, Node node, String classIds, int slots) {
        List<Assigned> taken = new ArrayList<>();
        long nowMs = clock.millis();
        while (taken.size() < slots && !node.hasLeft()) {
            String leaseId = freshId.lease();
            Optional<JobRow> job = tables.jobs().assign(classIds, node.id(), leaseId, LEASE_ALLOWANCE_MS, nowMs);
            if (job.isEmpty()) {
                break;
            }
            Lease lease = new Lease(job.get().id(), node.id(), leaseId);
            tables.attempts().open(job.get(), lease, nowMs);
            taken.add(
                    new Assigned(job.get(), lease, tables.jobs().spec(job.get().seq())));
        }
        return taken;
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
                results.reported(job, end);
            }
            announce(job);
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
        Optional<JobRow> held = tables.jobs().findLeased(lease);
        if (held.isEmpty()) {
            return Recorded.nothing(end, !tables.attempts().wasReported(lease));
        }
        boolean unasked = end.outcome() == Outcome.CANCELLED && !held.get().cancelRequested();
        if (end.outcome().isNodeFault() || unasked) {
            String reason = unasked ? "Its node ended it without being asked to." : end.reason();
            Optional<JobRow> changed = endFault(tables, held.get(), lease, new Fault(Outcome.SANDBOX_ERROR, reason));
            return new Recorded(end.jobId(), changed, false, false);
        }
        long nowMs = clock.millis();
        String reason = end.outcome() == Outcome.CANCELLED ? CANCELLED_REASON : end.reason();
        tables.attempts().close(lease, end.outcome(), reason, nowMs);
        Optional<JobRow> ended = tables.jobs().endLeased(lease, end.outcome(), reason, nowMs);
        ended.ifPresent(job -> tables.results().insert(job.seq(), end.row()));
        return new Recorded(end.jobId(), ended, true, false);
    }

    /** Why an attempt failed through no doing of the program. */
    private record Fault(Outcome outcome, String reason) {}

    private Optional<JobRow> endFault(Tables tables, JobRow held, Lease lease, Fault fault) {
        long nowMs = clock.millis();
        tables.attempts().close(lease, fault.outcome, fault.reason, nowMs);
        if (held.cancelRequested()) {
            return tables.jobs().endLeased(lease, Outcome.CANCELLED, CANCELLED_REASON, nowMs);
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
                    changed.forEach(this::announce);
                    return changed.size();
                });
    }

    /** Lets jobs go to the node that failed them: to be called when nodes went, so that it may be the only one left. */
    public CompletableFuture<Integer> stopAvoiding() {
        return store.write(tables -> tables.jobs().stopAvoiding(), freed -> {
            freed.forEach(job -> listeners.forEach(listener -> listener.waiting(job.jobId(), job.classId())));
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
                                .map(job -> new Refusal(
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
                        counts.endedPending();
                        listeners.forEach(listener -> listener.ended(job));
                    } else {
                        listeners.forEach(listener -> listener.cancelRequested(job));
                    }
                    return job;
                });
    }

    /** Tells everyone where a job stands whose lease has just ended. */
    private void announce(JobRow job) {
        if (job.state().isFinal()) {
            counts.endedLeased();
            listeners.forEach(listener -> listener.ended(job));
        } else {
            counts.requeued();
            listeners.forEach(listener -> listener.waiting(job.id(), job.classId()));
        }
    }
}
