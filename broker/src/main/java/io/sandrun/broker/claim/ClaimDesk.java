package io.sandrun.broker.claim;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.AttemptEnd;
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
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where claims wait for jobs.
 *
 * <p>Theory of operation: a claim first tries the store. If it gets nothing it becomes idle here, and a job that
 * arrives later picks the claim of the least loaded node that fits and lets it try again. No wake-up is lost, because
 * tries and arrivals are operations of one writer, and this class hears of their commits in their order on the writer's
 * thread: a claim that came too early to see a job is idle by the time that the job is announced.
 *
 * <p>A claim that was woken stays in sight until it has tried, so that jobs that come together spread over the nodes as
 * if they came one by one: each goes to whoever is {@linkplain LeastLoaded least loaded} with what it was woken for
 * already, and while others wait, a claim takes no more jobs than it was woken for. A node whose claim was answered
 * with fewer jobs than it could start is about to claim again: for a moment it counts as one that waits. Thread-safe.
 */
public final class ClaimDesk implements JobListener, AutoCloseable {
    /** Claims at once: each costs a few KiB of memory and a connection, of which the system allows fewer as a rule. */
    private static final int CLAIMS_MAX = 50_000;

    private final JobLifecycle lifecycle;
    private final RequirementClasses classes;
    private final NodeRegistry registry;
    private final ScheduledExecutorService timer;
    private final NodeLoads loads;

    /** Those that wait, and of those that are about to try the ones that could start more than they were woken for. */
    private final IdleClaims idle;

    /** Nodes that wait although there may be jobs for them, until they have fewer. */
    private final Set<Node> heldBack = new HashSet<>();

    private final LeastLoaded leastLoaded;

    /** Jobs that are kept for a node whose claim is expected. */
    private final Set<String> kept = new HashSet<>();

    /** Jobs that are not committed yet, for each of which an idle claim was woken. */
    private final Set<String> early = new HashSet<>();

    private int count;
    private boolean closed;

    /** Reads from the store who has what. */
    public ClaimDesk(
            JobLifecycle lifecycle,
            RequirementClasses classes,
            NodeRegistry registry,
            ScheduledExecutorService timer,
            Store store) {
        this.loads = NodeLoads.of(store);
        NodeRoom room = new NodeRoom(registry, loads);
        this.idle = new IdleClaims(claim -> room.load(claim.node));
        this.leastLoaded = new LeastLoaded(room, idle);
        this.lifecycle = lifecycle;
        this.classes = classes;
        this.registry = registry;
        this.timer = timer;
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
        attempt(parked);
        return answer;
    }

    /**
     * Records a node's report and answers jobs that it can serve in the report's place: those that wait already, since
     * a report is not kept waiting.
     *
     * @param slots how many it can start
     * @return completes likewise; fails with a {@link Refusal} if the report is refused, and then nothing is handed out
     */
    public CompletableFuture<List<Assigned>> report(AttemptEnd end, Node node, int slots) {
        synchronized (this) {
            if (closed || count >= CLAIMS_MAX) {
                return lifecycle.complete(List.of(end)).get(0).thenApply(recorded -> List.of());
            }
            count++;
        }
        ParkedClaim parked = new ParkedClaim(node, slots);
        parked.isTimeUp = true;
        return lifecycle
                .completeAndAssign(end, node, () -> wanted(parked), assignment -> settle(parked, assignment))
                // What was recorded is recorded, whatever becomes of the claim.
                .thenCompose(recorded -> parked.answer.exceptionally(failure -> List.of()))
                .whenComplete((jobs, failure) -> left());
    }

    private BiConsumer<List<Assigned>, Throwable> leave(Optional<ScheduledFuture<?>> timeout) {
        return (jobs, failure) -> {
            timeout.ifPresent(task -> task.cancel(false));
            left();
        };
    }

    /** How many jobs each node has, or is being offered; nodes without any are not named. */
    public synchronized Map<String, Integer> loads() {
        return loads.all();
    }

    /** Lets a node's idle claims try again: to be called when it can serve more than before, or is heard of again. */
    public void reconsider(Node node) {
        takeIdle(node).forEach(this::attempt);
    }

    /** Answers a node's idle claims with nothing: whoever sent them is gone, and a job given to them would be lost. */
    void dismiss(Node node) {
        takeIdle(node).forEach(parked -> parked.answer.complete(List.of()));
    }

    /** How many claims of a node wait for jobs. */
    public synchronized int waiting(Node node) {
        return idle.of(node);
    }

    private synchronized List<ParkedClaim> takeIdle(Node node) {
        return idle.take(node);
    }

    /** An idle claim tries within the transaction that writes the job; whatever is less simple waits for the commit. */
    @Override
    public void arriving(Waiting job) {
        Offer offer = Offer.of(job, node -> true);
        classes.find(job.classId()).flatMap(needs -> wakeEarly(needs, offer)).ifPresent(this::attempt);
    }

    private synchronized Optional<ParkedClaim> wakeEarly(RequirementClass needs, Offer offer) {
        Optional<ParkedClaim> woken = leastLoaded
                .best(needs, offer)
                .filter(claim -> claim.isIdle() && !leastLoaded.isBetterExpected(offer, needs, claim))
                .filter(claim -> early.add(offer.jobId())); // Not again, when the transaction runs once more.
        woken.ifPresent(claim -> wakes(claim, offer));
        return woken;
    }

    @Override
    public void waiting(Waiting job) {
        if (!wasEarly(job.jobId())) {
            offer(Offer.of(job, node -> true));
        }
    }

    /** Then the claim that was woken is answered next, and offers it to others if it has not taken it. */
    private synchronized boolean wasEarly(String jobId) {
        return early.remove(jobId);
    }

    @Override
    public void copyWaiting(Waiting copy, List<Place> apart) {
        offer(Offer.of(copy, node -> lifecycle.mayHave(node, apart)));
    }

    @Override
    public synchronized void assigned(JobRow job) {
        Node holder = registry.find(job.nodeId());
        if (holder != null) {
            loads.took(job.id(), holder.id());
            idle.reorder(holder);
        }
        kept.remove(job.id());
    }

    /** A node that may not have more may have more now. */
    @Override
    public void leaseEnded(JobRow job) {
        List<ParkedClaim> again = List.of();
        synchronized (this) {
            Node holder = registry.find(loads.ended(job.id()));
            if (holder != null) {
                idle.reorder(holder);
                again = heldBack.remove(holder) ? idle.take(holder) : List.of();
            }
        }
        again.forEach(this::attempt);
    }

    @Override
    public synchronized void ended(JobRow job) {
        kept.remove(job.id());
    }

    private void offer(Offer offer) {
        Optional<RequirementClass> known = classes.find(offer.classId());
        if (known.isEmpty()) {
            return; // The job has ended meanwhile and is forgotten.
        }
        ParkedClaim woken;
        synchronized (this) {
            Optional<ParkedClaim> best = leastLoaded.best(known.get(), offer);
            if (best.isEmpty() || isKept(offer, known.get(), best.get()) || !wakes(best.get(), offer)) {
                return;
            }
            woken = best.get();
        }
        attempt(woken);
    }

    /** Whether it is worth a moment to wait for the claim of a node that has more room than those who wait. */
    private boolean isKept(Offer offer, RequirementClass needs, ParkedClaim best) {
        if (offer.wasKept() || closed || !leastLoaded.isBetterExpected(offer, needs, best)) {
            return false;
        }
        kept.add(offer.jobId());
        var unused = timer.schedule(() -> keepNoLonger(offer), ExpectedClaims.PATIENCE_MS, TimeUnit.MILLISECONDS);
        return true;
    }

    private void keepNoLonger(Offer offer) {
        synchronized (this) {
            if (!kept.remove(offer.jobId())) {
                return; // The claim came, or the job has ended.
            }
        }
        offer(offer.kept());
    }

    /** Answers false if it is about to try already. */
    private boolean wakes(ParkedClaim parked, Offer offer) {
        boolean wasIdle = parked.isIdle();
        parked.offers.add(offer);
        if (!parked.hasRoom()) {
            idle.remove(parked);
        }
        loads.offered(parked.node.id(), 1);
        idle.reorder(parked.node);
        return wasIdle;
    }

    /** It has tried; answers the jobs that it was woken for. */
    private synchronized List<Offer> withdraw(ParkedClaim parked) {
        leastLoaded.hasClaimed(parked.node);
        List<Offer> offers = List.copyOf(parked.offers);
        if (!offers.isEmpty()) {
            idle.remove(parked);
            parked.offers.clear();
            loads.offered(parked.node.id(), -offers.size());
            idle.reorder(parked.node);
        }
        // One that is early still was not written: the answer to its submit comes before that to the claim.
        return offers.stream().filter(offer -> !early.remove(offer.jobId())).toList();
    }

    private synchronized int wanted(ParkedClaim parked) {
        return leastLoaded.wanted(parked);
    }

    private void attempt(ParkedClaim parked) {
        lifecycle
                .assign(parked.node, () -> wanted(parked), assignment -> {
                    settle(parked, assignment);
                    return true;
                })
                .exceptionally(failure -> {
                    List<Offer> offers = withdraw(parked);
                    parked.answer.completeExceptionally(failure);
                    offerFurther(offers, offer -> offer.afterFailure(parked.node));
                    return false;
                });
    }

    /** On the writer's thread. */
    private void settle(ParkedClaim parked, Assignment assignment) {
        if (assignment.jobs().isEmpty() && assignment.classesVersion() != classes.version()) {
            attempt(parked);
            return;
        }
        List<Offer> offers = withdraw(parked);
        if (assignment.jobs().isEmpty()) {
            park(parked, assignment.isHeldBack());
            offerFurther(offers, offer -> offer.afterRefusal(parked.node, assignment.isHeldBack()));
            return;
        }
        if (assignment.jobs().size() < parked.slots) {
            synchronized (this) {
                leastLoaded.claimsSoon(parked.node);
            }
        }
        parked.answer.complete(assignment.jobs());
        // The claim may have found better jobs than those that woke it, which then still look for a claim.
        Set<String> taken =
                assignment.jobs().stream().map(given -> given.job().id()).collect(Collectors.toSet());
        offers.stream().filter(offer -> !taken.contains(offer.jobId())).forEach(this::offer);
    }

    private void offerFurther(List<Offer> offers, Function<Offer, Optional<Offer>> next) {
        offers.stream().flatMap(offer -> next.apply(offer).stream()).forEach(this::offer);
    }

    private void park(ParkedClaim parked, boolean isHeldBack) {
        synchronized (this) {
            // One whose node was taken off the pool's list meanwhile is not waited for.
            if (!closed && !parked.isTimeUp && registry.isAdmitted(parked.node)) {
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
            if (!parked.isIdle() || !idle.remove(parked)) {
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
