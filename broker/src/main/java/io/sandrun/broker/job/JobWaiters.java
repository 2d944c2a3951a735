package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.JobRow;
import io.sandrun.protocol.ErrorCode;
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

/** Those who wait for the end of a job: parked as futures, not as threads. Thread-safe. */
public final class JobWaiters implements JobListener, AutoCloseable {
    /** Waiters at once: each costs a few KiB of memory and a connection. */
    private static final int WAITERS_MAX = 10_000;

    private final ScheduledExecutorService timer;
    private final Map<String, Set<Waiter>> byJob = new HashMap<>();
    private int count;
    private boolean closed;

    /** One parked request. */
    private static final class Waiter {
        private final CompletableFuture<Void> end = new CompletableFuture<>();
    }

    public JobWaiters(ScheduledExecutorService timer) {
        this.timer = timer;
    }

    /**
     * Waits for the end of a job or of the time. Whoever calls must look at the job afterwards, and once more between
     * this call and the wait: the end may have come before.
     *
     * @return completes in either case; fails never
     * @throws Refusal if too many wait already, or the broker is stopping
     */
    public CompletableFuture<Void> park(String jobId, long waitMs) {
        Waiter waiter = new Waiter();
        synchronized (this) {
            if (closed) {
                throw Refusal.stopping();
            }
            if (count >= WAITERS_MAX) {
                throw new Refusal(ErrorCode.RATE_LIMITED, "Too many requests wait already: ask again without waiting.");
            }
            count++;
            byJob.computeIfAbsent(jobId, id -> new LinkedHashSet<>()).add(waiter);
        }
        ScheduledFuture<?> timeout = timer.schedule(() -> waiter.end.complete(null), waitMs, TimeUnit.MILLISECONDS);
        return waiter.end.whenComplete((done, failure) -> {
            timeout.cancel(false);
            leave(jobId, waiter);
        });
    }

    private synchronized void leave(String jobId, Waiter waiter) {
        Set<Waiter> waiters = byJob.get(jobId);
        if (waiters != null && waiters.remove(waiter)) {
            count--;
            if (waiters.isEmpty()) {
                byJob.remove(jobId);
            }
        }
    }

    /** Wakes those who wait for this job. */
    public void wake(String jobId) {
        List<Waiter> woken;
        synchronized (this) {
            woken = List.copyOf(byJob.getOrDefault(jobId, Set.of()));
        }
        woken.forEach(waiter -> waiter.end.complete(null));
    }

    @Override
    public void waiting(String jobId, long classId) {
        // Nobody waits for that.
    }

    @Override
    public void ended(JobRow job) {
        wake(job.id());
    }

    /** Wakes everybody and takes nobody in any more. */
    @Override
    public void close() {
        List<Waiter> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            byJob.values().forEach(all::addAll);
        }
        all.forEach(waiter -> waiter.end.complete(null));
    }
}
