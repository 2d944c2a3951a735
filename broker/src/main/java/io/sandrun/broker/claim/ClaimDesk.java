package io.sandrun.broker.claim;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobLifecycle;
import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.job.JobLifecycle.Assignment;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.requirement.RequirementClass;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.CopyTable.Place;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Where claims wait for jobs.
 *
 * <p>Theory of operation: a claim first tries the store. If it gets nothing it becomes idle here, and a job that
 * arrives later picks the idle claim of the least loaded node that fits and lets it try again. No wake-up is lost,
 * because tries and arrivals are operations of one writer, and this class hears of their commits in their order on the
 * writer's thread: a claim that came too early to see a job is idle by the time that the job is announced. Thread-safe.
 */
public final class ClaimDesk implements JobListener, AutoCloseable {
    /** Claims at once: each costs a few KiB of memory and a connection, of which the system allows fewer as a rule. */
    private static final int CLAIMS_MAX = 50_000;

    /** Nodes that a job is offered to in vain, one after the other: each costs the writer a look. */
    private static final int REFUSALS_MAX = 64;

    private final JobLifecycle lifecycle;
    private final RequirementClasses classes;
    private final NodeRegistry registry;
    private final ScheduledExecutorService timer;
    private final IdleClaims idle = new IdleClaims();

    /** Nodes that wait although there may be jobs for them, until they have fewer. */
    private final Set<Node> heldBack = new HashSet<>();

    private int count;
    private boolean closed;

    public ClaimDesk(
            JobLifecycle lifecycle, RequirementClasses classes, NodeRegistry registry, ScheduledExecutorService timer) {
        this.lifecycle = lifecycle;
        this.classes = classes;
        this.registry = registry;
        this.timer = timer;
    }

    /**
     * A job that looks for a claim.
     *
     * @param bounds where it may go, as far as the desk knows
     * @param refusedBy the nodes that were woken for it and could not have it: the job avoids them, or has gone
     */
    private record Offer(String jobId, long classId, Predicate<Node> bounds, Set<String> refusedBy) {
        boolean isFor(Node node) {
            return !refusedBy.contains(node.id()) && bounds.test(node);
        }

        Offer notFor(Node node) {
            Set<String> more = new HashSet<>(refusedBy);
            more.add(node.id());
            return new Offer(jobId, classId, bounds, more);
        }
    }

    /**
     * Waits for jobs that the node can serve.
     *
     * @param slots how many it can start; at least one comes, or none when the time is up
     * @return completes on the writer's thread or the timer's: whoever goes on from it must not block there
     * @throws Refusal if too many wait already, or the broker is stopping
     */
    public CompletableFuture<List<Assigned>> claim(Node node, int slots, long waitMs) {
        ParkedClaim parked = new ParkedClaim(node, slots);
        synchronized (this) {
            if (closed) {
                throw Refusal.stopping();
            }
            if (count >= CLAIMS_MAX) {
                throw new Refusal(ErrorCode.RATE_LIMITED, "Too many claims wait already: come back later.");
            }
            count++;
        }
        Optional<ScheduledFuture<?>> timeout = Optional.empty();
        if (waitMs <= 0) {
            parked.isTimeUp = true;
        } else {
            timeout = Optional.of(timer.schedule(() -> timeIsUp(parked), waitMs, TimeUnit.MILLISECONDS));
        }
        CompletableFuture<List<Assigned>> answer = parked.answer.whenComplete(leave(timeout));
        attempt(parked, Optional.empty());
        return answer;
    }

    private BiConsumer<List<Assigned>, Throwable> leave(Optional<ScheduledFuture<?>> timeout) {
        return (jobs, failure) -> {
            timeout.ifPresent(task -> task.cancel(false));
            left();
        };
    }

    /** Lets a node's idle claims try again: to be called when it can serve more than before, or is heard of again. */
    public void reconsider(Node node) {
        takeIdle(node).forEach(parked -> attempt(parked, Optional.empty()));
    }

    /** Answers a node's idle claims with nothing: whoever sent them is gone, and a job given to them would be lost. */
    void dismiss(Node node) {
        takeIdle(node).forEach(parked -> parked.answer.complete(List.of()));
    }

    private synchronized List<ParkedClaim> takeIdle(Node node) {
        return idle.take(node);
    }

    @Override
    public void waiting(String jobId, long classId) {
        offer(new Offer(jobId, classId, node -> true, Set.of()));
    }

    @Override
    public void copyWaiting(Waiting copy, List<Place> apart) {
        offer(new Offer(copy.jobId(), copy.classId(), node -> lifecycle.mayHave(node, apart), Set.of()));
    }

    /** A node that may not have more may have more now. */
    @Override
    public void leaseEnded(JobRow job) {
        List<Node> freed;
        synchronized (this) {
            freed = heldBack.stream()
                    .filter(node -> job.nodeId() == null || node.id().equals(job.nodeId()))
                    .toList();
            freed.forEach(heldBack::remove);
        }
        freed.forEach(this::reconsider);
    }

    @Override
    public void ended(JobRow job) {
        // The node's next claim follows by itself.
    }

    private void offer(Offer offer) {
        Optional<RequirementClass> known = classes.find(offer.classId);
        if (known.isEmpty()) {
            return; // The job has ended meanwhile and is forgotten.
        }
        Optional<ParkedClaim> best;
        synchronized (this) {
            best = idle.takeBest(known.get(), node -> registry.mayWork(node) && offer.isFor(node));
        }
        best.ifPresent(parked -> attempt(parked, Optional.of(offer)));
    }

    private void attempt(ParkedClaim parked, Optional<Offer> offer) {
        lifecycle
                .assign(parked.node, parked.slots, assignment -> {
                    settle(parked, offer, assignment);
                    return true;
                })
                .exceptionally(failure -> {
                    parked.answer.completeExceptionally(failure);
                    return false;
                });
    }

    /** On the writer's thread. */
    private void settle(ParkedClaim parked, Optional<Offer> offer, Assignment assignment) {
        if (assignment.jobs().isEmpty()) {
            if (assignment.classesVersion() == classes.version()) {
                park(parked, assignment.isHeldBack());
                // Once, since a job avoids one node at most and most often another claim was faster; but again where it
                // was for the node's sake that it got nothing.
                int refusalsMax = assignment.isHeldBack() ? REFUSALS_MAX : 1;
                offer.filter(refused -> refused.refusedBy.size() < refusalsMax)
                        .ifPresent(refused -> offer(refused.notFor(parked.node)));
            } else {
                attempt(parked, offer);
            }
            return;
        }
        parked.answer.complete(assignment.jobs());
        // The claim may have found a better job than the one that woke it, which then still looks for a claim.
        offer.filter(job -> assignment.jobs().stream()
                        .noneMatch(taken -> taken.job().id().equals(job.jobId)))
                .ifPresent(this::offer);
    }

    private void park(ParkedClaim parked, boolean isHeldBack) {
        synchronized (this) {
            if (!closed && !parked.isTimeUp) {
                idle.add(parked);
                if (isHeldBack) {
                    heldBack.add(parked.node);
                }
                return;
            }
        }
        parked.answer.complete(List.of());
    }

    private void timeIsUp(ParkedClaim parked) {
        synchronized (this) {
            parked.isTimeUp = true;
            if (!idle.remove(parked)) {
                return; // It is trying just now, and will be answered with what it finds.
            }
        }
        parked.answer.complete(List.of());
    }

    private synchronized void left() {
        count--;
    }

    /** Answers every idle claim with nothing and takes none any more. */
    @Override
    public void close() {
        List<ParkedClaim> all;
        synchronized (this) {
            closed = true;
            all = idle.takeAll();
        }
        all.forEach(parked -> parked.answer.complete(List.of()));
    }
}
