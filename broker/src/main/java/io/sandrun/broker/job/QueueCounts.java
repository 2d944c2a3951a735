package io.sandrun.broker.job;

import io.sandrun.broker.store.Store;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many jobs wait, in all and of each requirement class, how many are held by nodes, and how many are remembered:
 * counted once at the start, then along with each transition on the writer's thread. Reads are thread-safe.
 */
public final class QueueCounts {
    /** A class for which nobody waits is absent. */
    private final Map<Long, Long> pendingByClass;

    private final AtomicLong pending;
    private final AtomicLong leased;
    private final AtomicLong remembered;
    private final AtomicLong submitted = new AtomicLong();

    public QueueCounts(Store store) {
        this.pendingByClass =
                new ConcurrentHashMap<>(store.read(tables -> tables.jobs().countPending()));
        this.pending = new AtomicLong(
                pendingByClass.values().stream().mapToLong(Long::longValue).sum());
        this.leased = new AtomicLong(store.read(tables -> tables.jobs().countLeased()));
        this.remembered = new AtomicLong(store.read(tables -> tables.jobs().count()));
    }

    public long pending() {
        return pending.get();
    }

    /** As they are while it is read; the ids of classes, and how many wait, at least one. */
    public Map<Long, Long> pendingByClass() {
        return Map.copyOf(pendingByClass);
    }

    public long leased() {
        return leased.get();
    }

    /** All, those with an outcome included; copies of verified jobs are no jobs of anybody. */
    public long remembered() {
        return remembered.get();
    }

    /** How many came to wait since the broker started, copies of verified jobs among them. */
    public long submitted() {
        return submitted.get();
    }

    void written() {
        remembered.incrementAndGet();
    }

    void forgotten(int jobs) {
        remembered.addAndGet(-jobs);
    }

    long submitted(long classId) {
        submitted.incrementAndGet();
        return waits(classId, 1);
    }

    void assigned(long classId) {
        waits(classId, -1);
        leased.incrementAndGet();
    }

    void requeued(long classId) {
        leased.decrementAndGet();
        waits(classId, 1);
    }

    void endedLeased() {
        leased.decrementAndGet();
    }

    void endedPending(long classId) {
        waits(classId, -1);
    }

    private long waits(long classId, long more) {
        pendingByClass.merge(classId, more, (now, change) -> now + change == 0 ? null : now + change);
        return pending.addAndGet(more);
    }
}
