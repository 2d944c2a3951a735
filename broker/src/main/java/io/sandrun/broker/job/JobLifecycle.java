package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.TakeBack.Recorded;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.AvoidanceTable.Avoidance;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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
    /** Jobs whose time has come, of one transaction: some milliseconds of the writer's time. */
    private static final int DUE_BATCH = 500;

    private final Store store;
    private final Clock clock;
    private final RequirementClasses classes;
    private final JobNews news;
    private final TurnClock turns;
    private final TakeBack takeBack;
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
        this.takeBack = new TakeBack(clock, classes, maxRetries);
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
        return store.write(tables -> assign(tables, node, wanted), assignment -> {
            news.assigned(assignment.jobs);
            return afterCommit.apply(assignment);
        });
    }

    private Assignment assign(Tables tables, Node node, IntSupplier wanted) {
        long version = classes.version();
        HandOut.Given given = handOut.assign(tables, node, new Servable(classes, tables, node), wanted.getAsInt());
        return new Assignment(given.jobs(), given.isHeldBack(), version);
    }

    /** Whether a node may have a copy of a job of which others are or were at these places. */
    public boolean mayHave(Node node, List<Place> apart) {
        return handOut.mayHave(node, apart);
    }

    /** Answers how many of the leases began to run just now. */
    public CompletableFuture<Integer> start(List<LeaseRow> leases) {
        long nowMs = clock.millis();
        return store.write(
                tables -> {
                    List<String> started = new ArrayList<>();
                    for (LeaseRow row : leases) {
                        Lease lease = Lease.of(row);
                        if (tables.jobs().start(lease)) {
                            tables.attempts().start(lease, nowMs);
                            started.add(row.jobId());
                        }
                    }
                    return started;
                },
                started -> {
                    news.started(started);
                    return started.size();
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
                        .map(end -> new Write<>(
                                tables -> takeBack.reported(tables, end), recorded -> announce(recorded, end)))
                        .toList())
                .stream()
                .map(recorded -> recorded.thenAccept(JobLifecycle::refuseIfStale))
                .toList();
    }

    /**
     * Records the holder's report and hands it more jobs, in one commit; none where the report is refused.
     *
     * @param wanted as of {@link #assign}; not asked while no job waits, so that no result is late for that
     * @param afterCommit likewise; not called where the report is refused
     * @return fails as that of {@link #complete(Complete)}
     */
    public CompletableFuture<Void> completeAndAssign(
            AttemptEnd end, Node node, IntSupplier wanted, Consumer<Assignment> afterCommit) {
        return store.write(
                        tables -> {
                            Recorded recorded = takeBack.reported(tables, end);
                            boolean isInVain = recorded.isStale() || news.pending() == 0;
                            return new Turn(
                                    recorded,
                                    isInVain
                                            ? new Assignment(List.of(), false, classes.version())
                                            : assign(tables, node, wanted));
                        },
                        turn -> {
                            announce(turn.recorded, end);
                            if (!turn.recorded.isStale()) {
                                news.assigned(turn.next.jobs);
                                afterCommit.accept(turn.next);
                            }
                            return turn.recorded;
                        })
                .thenAccept(JobLifecycle::refuseIfStale);
    }

    private record Turn(Recorded recorded, Assignment next) {}

    private Recorded announce(Recorded recorded, AttemptEnd end) {
        recorded.changed().ifPresent(job -> {
            if (recorded.withResult() && job.state().isFinal()) {
                news.reported(job, end);
            } else if (recorded.withResult()) {
                news.failedForNow(job, end);
            } else {
                news.faulted(job, end);
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
                    Map.of("job_id", recorded.jobId()));
        }
    }

    /** Takes leases away from a lost holder; answers how many were still held. */
    public CompletableFuture<Integer> expire(List<LeaseRow> leases, String reason) {
        return giveUp(leases, (tables, held, lease) -> takeBack.lost(tables, held, lease, reason));
    }

    /** Takes leases back from a holder that cannot use them; answers how many were still held. */
    public CompletableFuture<Integer> release(List<LeaseRow> leases) {
        return giveUp(leases, takeBack::givenBack);
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

    /**
     * Lets jobs go to the node that failed them where no other fits, or none has come for long: to be called when nodes
     * went, or offer less, and when {@link #isAvoidingInVain}.
     */
    public CompletableFuture<Integer> stopAvoiding() {
        return store.write(this::stopAvoiding, freed -> {
            freed.forEach(news::waiting);
            return freed.size();
        });
    }

    private List<Waiting> stopAvoiding(Tables tables) {
        List<Waiting> freed = new ArrayList<>(tables.avoidances().endOverdue(clock.millis()));
        List<Avoidance> inVain =
                tables.avoidances().list().stream().filter(this::isInVain).toList();
        if (!inVain.isEmpty()) {
            freed.addAll(tables.avoidances().end(inVain));
        }
        return freed;
    }

    /** Whether a job waits that no node fits but the one that failed it, or has waited for long. Reads the store. */
    public boolean isAvoidingInVain() {
        return store.read(tables -> {
            OptionalLong nextUntilMs = tables.avoidances().nextUntilMs();
            return nextUntilMs.isPresent()
                    && (nextUntilMs.getAsLong() <= clock.millis()
                            || tables.avoidances().list().stream().anyMatch(this::isInVain));
        });
    }

    private boolean isInVain(Avoidance one) {
        return !classes.fitAnotherThan(one.nodeId(), one.classId(), one.client());
    }

    /** @return fails with a {@link Refusal} if there is no such job or it has its outcome */
    public CompletableFuture<JobRow> cancel(String jobId) {
        return store.write(
                tables -> tables.jobs()
                        .cancelPending(jobId, TakeBack.CANCELLED_REASON, clock.millis())
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
