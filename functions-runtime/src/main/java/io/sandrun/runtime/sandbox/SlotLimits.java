package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.cgroup.GroupLimits;
import io.sandrun.runtime.cgroup.SlotCgroup;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What a slot's control group allows: a run's limits, and room for what is ours. One thread at a time. */
final class SlotLimits {
    /** Kernel memory, page tables, the small root file system and our own two processes are charged to the slot too. */
    private static final long OWN_MEMORY_BYTES = 16L << 20;

    /** The resident with its thread, and pid 1. */
    private static final int OWN_PROCESSES = 3;

    /**
     * A run before has settled (see {@link Resident#settle}). What has ended with its resident or zygote has not, and
     * the kernel needs milliseconds for it, or tenths of a second if its disk was full.
     */
    private static final long LOWERING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOWERING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final SlotCgroup cgroup;
    private final Nurseries nurseries;
    private @Nullable RunLimits last;
    private @Nullable GroupLimits set;

    SlotLimits(SlotCgroup cgroup, Nurseries nurseries) {
        this.cgroup = cgroup;
        this.nurseries = nurseries;
    }

    /** For a run, beside the zygotes that are there. */
    void set(RunLimits limits) throws IOException {
        last = limits;
        set(beside(limits));
    }

    private GroupLimits beside(RunLimits limits) {
        return new GroupLimits(
                limits.memoryBytes() + limits.diskBytes() + OWN_MEMORY_BYTES + nurseries.memoryBytes(),
                limits.processes() + OWN_PROCESSES + nurseries.processes(),
                limits.cores());
    }

    /** Between runs, when there may be more zygotes than in the last: what they need. Never less, and never waits. */
    void renew() throws IOException {
        if (last == null) {
            return;
        }
        GroupLimits wanted = beside(last);
        if (set == null || wanted.processes() > set.processes()) { // with each zygote come both
            set = null;
            cgroup.limit(wanted);
            set = wanted;
        }
    }

    /** Nobody else sets the slot's limits, so what was set last need not be read again. */
    private void set(GroupLimits wanted) throws IOException {
        if (!wanted.equals(set)) {
            set = null;
            lower(wanted);
            set = wanted;
        }
    }

    /** The kernel refuses less than what is in use, and a disk goes a moment after the end of its sandbox. */
    private void lower(GroupLimits wanted) throws IOException {
        long deadlineNanos = System.nanoTime() + LOWERING_NANOS;
        while (true) {
            try {
                cgroup.limit(wanted);
                return;
            } catch (IOException inUse) {
                if (System.nanoTime() > deadlineNanos) {
                    throw inUse;
                }
                LockSupport.parkNanos(LOWERING_PAUSE_NANOS);
            }
        }
    }
}
