package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.cgroup.Meter;
import io.sandrun.runtime.cgroup.Reading;
import io.sandrun.runtime.cgroup.SlotCgroup;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The zygotes of one slot: a few, of the kinds that were asked for last. All of it happens between two runs, because
 * whatever uses memory, time or processes in a slot while one goes on is counted as the run's. One thread at a time.
 */
final class Nurseries implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Nurseries.class.getName());

    private static final int MOST = 2;

    /** A kind that comes once is not worth an interpreter. */
    private static final int RUNS_BEFORE = 2;

    private static final int KINDS_REMEMBERED = 64;

    /** How long a run waits for the zygote of its kind: imports of large packages from a cold disk take seconds. */
    private static final int OWN_PATIENCE_MS = 30_000;

    /**
     * And for one of another kind, before that is ended. It cannot just go on beside the run, which would be charged
     * with its imports; and if no run ever waited, a busy slot with jobs of several kinds would never have a zygote.
     */
    private static final int OTHERS_PATIENCE_MS = 1_000;

    /** The nursery's pid 1 with its thread, and its zygote. */
    private static final int PROCESSES_EACH = 3;

    /** Page tables and other memory of the kernel's, which is charged and not metered. */
    private static final long KERNEL_BYTES_EACH = 12L << 20;

    /** It never got ready, and there is no reason why the next should: not tried again. */
    private static final int HOPELESS = Integer.MIN_VALUE;

    /** There was no room for it; that may change. */
    private static final int RUNS_AFTER_REFUSAL = -50;

    private final Nursery.Tools tools;
    private final Identity identity;
    private final SlotCgroup cgroup;
    private final Map<ZygoteKind, Nursery> nurseries = new LinkedHashMap<>(4, 0.75f, true);
    private final Map<ZygoteKind, Integer> runs = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ZygoteKind, Integer> eldest) {
            return size() > KINDS_REMEMBERED;
        }
    };
    private final Looks looks = new Looks();
    private final Map<Nursery, Long> usedBytes = new HashMap<>();
    private final Standby standby;
    private final WarmMemory warm;

    /**
     * @param standby may hold a sandbox of one of these zygotes
     * @param warm what they need is taken from it
     */
    Nurseries(Nursery.Tools tools, Identity identity, SlotCgroup cgroup, Standby standby, WarmMemory warm) {
        this.tools = tools;
        this.identity = identity;
        this.cgroup = cgroup;
        this.standby = standby;
        this.warm = warm;
    }

    /** What the slot's group must allow beside a run. */
    long memoryBytes() {
        return meteredBytes(usedBytes) + nurseries.size() * KERNEL_BYTES_EACH;
    }

    int processes() {
        return nurseries.size() * PROCESSES_EACH;
    }

    /** The same meter, as if there were no zygotes; where a control group counts, it counts them. */
    Meter without(Meter meter, Enforcement enforcement) {
        long memory = meteredBytes(usedBytes);
        int processes = enforcement.countsForkRefusals() ? processes() : 0;
        return () -> {
            Reading all = meter.read();
            return new Reading(
                    Math.max(0, all.memoryBytes() - memory),
                    all.cpuNanos(),
                    all.processes() - processes,
                    all.oomKills(),
                    all.forkRefusals());
        };
    }

    /** What is known of imports; more after {@link #settle}. */
    Looks looks() {
        return looks;
    }

    /** Afterwards every zygote of the slot is at rest. One of that kind is waited for longer. */
    void settle(@Nullable ZygoteKind kind) {
        Iterator<Map.Entry<ZygoteKind, Nursery>> all = nurseries.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<ZygoteKind, Nursery> one = all.next();
            if (!settle(one.getKey(), one.getValue(), one.getKey().equals(kind))) {
                discard(one.getValue());
                all.remove();
            }
        }
    }

    /** What the run can be forked from, or null. Only when all are at rest. */
    @Nullable
    Nursery find(@Nullable ZygoteKind kind) {
        if (kind != null && nurseries.containsKey(kind) && nurseries.get(kind).isWorn()) {
            forget(kind);
        }
        return kind == null ? null : nurseries.get(kind);
    }

    /** What the next run can be forked from, or null. */
    @Nullable
    Nursery ready(@Nullable ZygoteKind kind) {
        Nursery nursery = kind == null ? null : nurseries.get(kind);
        return nursery != null && nursery.isAlive() && !nursery.isWorn() ? nursery : null;
    }

    /** Whether one imports still, and would be charged with whatever else is done. */
    boolean isBusy() {
        return nurseries.values().stream().anyMatch(nursery -> !nursery.isReady());
    }

    /** Whether it is ready and well. One that is still about to be was waited for, and is not any longer. */
    private boolean settle(ZygoteKind kind, Nursery nursery, boolean isOwn) {
        try {
            if (!nursery.isReady()) {
                if (!nursery.awaitReady(isOwn ? OWN_PATIENCE_MS : OTHERS_PATIENCE_MS)) {
                    LOG.log(Level.WARNING, "Runs start cold: a zygote took too long to get ready");
                    runs.put(kind, isOwn ? HOPELESS : 0);
                    return false;
                }
                if (!hasRoom(nursery)) {
                    LOG.log(Level.INFO, "Runs start cold: nothing is left of what may wait for them");
                    runs.put(kind, RUNS_AFTER_REFUSAL);
                    return false;
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Runs start cold: {0}", e.getMessage());
            runs.put(kind, HOPELESS);
            return false;
        } finally {
            looks.note(kind, nursery.lookedAt());
        }
        boolean isWell = nursery.isAlive();
        if (!isWell) {
            runs.put(kind, 0);
        }
        return isWell;
    }

    /** Measures one that is new, and takes what it needs. */
    private boolean hasRoom(Nursery nursery) throws IOException {
        long bytes = Math.max(0, cgroup.meter(() -> 0).read().memoryBytes() - meteredBytes(usedBytes));
        if (!warm.take(bytes)) {
            return false;
        }
        usedBytes.put(nursery, bytes);
        return true;
    }

    private static long meteredBytes(Map<Nursery, Long> nurseries) {
        return nurseries.values().stream().mapToLong(Long::longValue).sum();
    }

    /** A run of that kind has begun. */
    void note(@Nullable ZygoteKind kind) {
        if (kind != null && runs.getOrDefault(kind, 0) != HOPELESS) {
            runs.merge(kind, 1, (before, one) -> Math.min(RUNS_BEFORE, before + one));
        }
    }

    /** Whether it is time to start a zygote of that kind, for the runs to come. */
    boolean isWanted(@Nullable ZygoteKind kind) {
        return kind != null
                && !warm.isFull()
                && !nurseries.containsKey(kind)
                && runs.getOrDefault(kind, 0) >= RUNS_BEFORE;
    }

    /** Starts one, in place of the one that was asked for longest ago. */
    void start(ZygoteKind kind, Resident resident) throws IOException {
        if (nurseries.size() == MOST) {
            forget(nurseries.keySet().iterator().next());
        }
        nurseries.put(kind, Nursery.start(resident, kind, identity, tools));
    }

    /** Ends one, if it is there: it is not needed, or did not do what it should. */
    void forget(ZygoteKind kind) {
        Nursery gone = nurseries.remove(kind);
        if (gone != null) {
            discard(gone);
        }
    }

    private void discard(Nursery nursery) {
        standby.leave(nursery);
        nursery.close();
        Long used = usedBytes.remove(nursery);
        if (used != null) {
            warm.give(used);
        }
    }

    @Override
    public void close() {
        nurseries.values().forEach(this::discard);
        nurseries.clear();
    }
}
