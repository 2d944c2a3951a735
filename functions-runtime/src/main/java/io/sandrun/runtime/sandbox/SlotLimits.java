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

    /** For the kernel to take the disk of the run before apart: milliseconds, or more for one that was full. */
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
        set(new GroupLimits(
                limits.memoryBytes() + limits.diskBytes() + OWN_MEMORY_BYTES + nurseries.memoryBytes(),
                limits.processes() + OWN_PROCESSES + nurseries.processes(),
                limits.cores()));
    }

    /** As for the last run, beside the zygotes that are there now. */
    void renew() throws IOException {
        if (last != null) {
            set(last);
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

    /** The kernel refuses less than what is in use, and the disk of the run before goes a moment after its end. */
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
