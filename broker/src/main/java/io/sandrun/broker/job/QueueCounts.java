package io.sandrun.broker.job;

import io.sandrun.broker.store.Store;
import java.util.concurrent.atomic.AtomicLong;

/** How many jobs wait and how many are held by nodes: counted once at the start, then along with each transition. */
public final class QueueCounts {
    private final AtomicLong pending;
    private final AtomicLong leased;

    public QueueCounts(Store store) {
        this.pending = new AtomicLong(store.read(tables -> tables.jobs().countPending()));
        this.leased = new AtomicLong(store.read(tables -> tables.jobs().countLeased()));
    }

    public long pending() {
        return pending.get();
    }

    public long leased() {
        return leased.get();
    }

    long submitted() {
        return pending.incrementAndGet();
    }

    void assigned(int jobs) {
        pending.addAndGet(-jobs);
        leased.addAndGet(jobs);
    }

    void requeued() {
        leased.decrementAndGet();
        pending.incrementAndGet();
    }

    void endedLeased() {
        leased.decrementAndGet();
    }

    void endedPending() {
        pending.decrementAndGet();
    }
}
