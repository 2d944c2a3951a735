package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Those who wait for the end of a job, and nodes that wait for news of their leases: parked as futures, not as threads.
 * Thread-safe.
 */
public final class Waiters implements JobListener, AutoCloseable {
    private final ScheduledExecutorService timer;
    private final Map<String, Set<Waiter>> byId = new HashMap<>();
    private int count;
    private boolean closed;

    /** One parked request. */
    private static final class Waiter {
        private final CompletableFuture<Void> news = new CompletableFuture<>();
    }

    public Waiters(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * Waits for the end of a job, for news of a node, or for the end of the time. Whoever calls must look afterwards,
     * and once more between this call and the wait: what is waited for may have come before.
     *
     * @param id of the job, or of the node
     *
     * @return completes in either case; fails never
     * @throws Refusal if too many wait already, or the broker is stopping
     */
    public CompletableFuture<Void> park(String id, long waitMs) {
        Waiter waiter = new Waiter();
        synchronized (this) {
            if (closed) {
                throw Refusal.stopping();
            }
            if (count >= Limits.WAITERS) {
                throw new Refusal(ErrorCode.RATE_LIMITED, "Too many requests wait already: ask again without waiting.");
            }
            count++;
            byId.computeIfAbsent(id, key -> new LinkedHashSet<>()).add(waiter);
        }
        ScheduledFuture<?> timeout = timer.schedule(() -> waiter.news.complete(null), waitMs, TimeUnit.MILLISECONDS);
        return waiter.news.whenComplete((done, failure) -> {
            timeout.cancel(false);
            leave(id, waiter);
        });
    }

    private synchronized void leave(String id, Waiter waiter) {
        Set<Waiter> waiters = byId.get(id);
        if (waiters != null && waiters.remove(waiter)) {
            count--;
            if (waiters.isEmpty()) {
                byId.remove(id);
            }
        }
    }

    /** Wakes those who wait for this job or node. */
    public void wake(String id) {
        List<Waiter> woken;
        synchronized (this) {
            woken = List.copyOf(byId.getOrDefault(id, Set.of()));
        }
        woken.forEach(waiter -> waiter.news.complete(null));
    }

    @Override
    public void waiting(Waiting job) {
        // Nobody waits for that.
    }

    @Override
    public void ended(JobRow job) {
        wake(job.id());
    }

    @Override
    public void cancelRequested(JobRow job) {
        String holder = job.nodeId();
        if (holder != null) {
            wake(holder);
        }
    }

    /** Wakes everybody and takes nobody in any more. */
    @Override
    public void close() {
        List<Waiter> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            byId.values().forEach(all::addAll);
        }
        all.forEach(waiter -> waiter.news.complete(null));
    }
}
