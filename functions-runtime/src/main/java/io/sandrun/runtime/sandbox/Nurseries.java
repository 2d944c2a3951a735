package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.cgroup.Meter;
import io.sandrun.runtime.cgroup.Reading;
import io.sandrun.runtime.cgroup.SlotCgroup;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One slot's copies of zygotes: a few, of the kinds that were asked for last. One thread at a time. */
final class Nurseries implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Nurseries.class.getName());

    private static final int MOST = 2;

    /** The copy, and the resident beside it with its thread. */
    private static final int PROCESSES_EACH = 3;

    /** What the slot's group must allow: page tables, and pages that differ from the zygote's once it has forked. */
    private static final long ALLOWED_BYTES_EACH = 16L << 20;

    /** What is reckoned of that, since most need no more. */
    private static final long WARM_BYTES_EACH = 1L << 20;

    private final Mothers mothers;
    private final Identity identity;
    private final SlotCgroup cgroup;
    private final Standby standby;
    private final WarmMemory warm;
    private final Map<ZygoteKind, Nursery> copies = new LinkedHashMap<>(4, 0.75f, true);

    /**
     * @param standby may hold a sandbox below one of these
     * @param warm what they need is taken from it
     */
    Nurseries(Mothers mothers, Identity identity, SlotCgroup cgroup, Standby standby, WarmMemory warm) {
        this.mothers = mothers;
        this.identity = identity;
        this.cgroup = cgroup;
        this.standby = standby;
        this.warm = warm;
    }

    /** What the slot's group must allow beside a run. */
    long memoryBytes() {
        return copies.size() * ALLOWED_BYTES_EACH;
    }

    /** See {@link Resident#settle}. */
    void settle(Cancellation cancellation) {
        copies.values().forEach(copy -> copy.settle(cancellation));
    }

    int processes() {
        return copies.size() * PROCESSES_EACH;
    }

    /** The same meter, as if there were no copies; where a control group counts processes, it counts them. */
    Meter without(Meter meter, Enforcement enforcement) {
        int processes = enforcement.countsForkRefusals() ? processes() : 0;
        return () -> {
            Reading all = meter.read();
            return new Reading(
                    all.memoryBytes(), all.cpuNanos(), all.processes() - processes, all.oomKills(), all.forkRefusals());
        };
    }

    /**
     * What a run can be forked from, or null. The first copy of a kind is made while its run waits.
     *
     * @throws java.util.concurrent.CancellationException at once when it is cancelled
     */
    @Nullable
    Nursery find(@Nullable ZygoteKind kind, Cancellation cancellation) {
        letRetiredGo(kind); // the run may take long, and nobody looks meanwhile
        if (kind == null) {
            return null;
        }
        Nursery present = copies.get(kind);
        if (present != null && present.isAlive() && !present.mother().wear().isSpent()) {
            return present;
        }
        forget(kind);
        return copy(kind, mothers.find(kind), cancellation);
    }

    /**
     * What the next run can be forked from, or null; between two runs.
     *
     * @throws java.util.concurrent.CancellationException at once when it is cancelled
     */
    @Nullable
    Nursery renew(@Nullable ZygoteKind kind, Cancellation cancellation) {
        if (kind == null) {
            return null;
        }
        Mother mother = mothers.find(kind);
        Nursery present = copies.get(kind);
        if (present != null && present.isAlive() && present.mother() == mother) {
            return present;
        }
        forget(kind);
        return copy(kind, mother, cancellation);
    }

    /** The copy of that kind that is there already, or null. */
    @Nullable
    Nursery present(@Nullable ZygoteKind kind) {
        Nursery present = kind == null ? null : copies.get(kind);
        return present != null && present.isAlive() ? present : null;
    }

    private @Nullable Nursery copy(ZygoteKind kind, @Nullable Mother mother, Cancellation cancellation) {
        if (mother == null) {
            return null;
        }
        if (copies.size() == MOST) {
            forget(copies.keySet().iterator().next());
        }
        if (!warm.take(WARM_BYTES_EACH)) {
            return null;
        }
        Nursery made = null;
        try {
            made = mother.copy(identity, cgroup, cancellation);
            copies.put(kind, made);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A run starts cold: {0}", e.getMessage());
            mothers.blame(kind, mother, e);
        } finally {
            if (made == null) {
                warm.give(WARM_BYTES_EACH);
            }
        }
        return made;
    }

    /** Ends one, if it is there: it did not do what it should. */
    void blame(ZygoteKind kind, IOException why) {
        Nursery present = copies.get(kind);
        if (present != null) {
            mothers.blame(kind, present.mother(), why);
            forget(kind);
        }
    }

    private void forget(ZygoteKind kind) {
        Nursery gone = copies.remove(kind);
        if (gone != null) {
            discard(gone);
        }
    }

    private void discard(Nursery nursery) {
        standby.leave(nursery);
        nursery.close();
        warm.give(WARM_BYTES_EACH);
    }

    /** Ends those whose zygote is not copied any more. Call it before and after each run, and now and then. */
    void letRetiredGo() {
        letRetiredGo(null);
    }

    private void letRetiredGo(@Nullable ZygoteKind kept) {
        List<ZygoteKind> gone = new ArrayList<>(MOST);
        copies.forEach((kind, copy) -> {
            if (!kind.equals(kept) && copy.mother().isRetired()) {
                gone.add(kind);
            }
        });
        gone.forEach(this::forget);
    }

    @Override
    public void close() {
        copies.values().forEach(this::discard);
        copies.clear();
    }
}
