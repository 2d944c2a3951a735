package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Reads each quantity from its control group if that is active, otherwise from the process tree. */
final class SlotMeter implements Meter {
    private static final ProcessTree.Use NO_TREE = new ProcessTree.Use(0, 0, 0);

    private final SlotControls controls;
    private final Optional<ProcessTree> tree;
    private final long memoryLimitBytes;
    private final Reading atStart;
    private long mostCpuNanos;

    /** @param memoryLimitBytes above this the tree is measured exactly, at a price */
    SlotMeter(SlotControls controls, Optional<ProcessTree> tree, long memoryLimitBytes) throws IOException {
        this.controls = controls;
        this.tree = tree;
        this.memoryLimitBytes = memoryLimitBytes;
        this.atStart = absolute();
    }

    @Override
    public Reading read() {
        try {
            Reading now = absolute();
            // Time of processes that ended without being waited for disappears from a tree.
            mostCpuNanos = Math.max(mostCpuNanos, now.cpuNanos() - atStart.cpuNanos());
            return new Reading(
                    now.memoryBytes(),
                    mostCpuNanos,
                    now.processes(),
                    now.oomKills() - atStart.oomKills(),
                    now.forkRefusals() - atStart.forkRefusals());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Counted since the group or the tree was made. */
    private Reading absolute() throws IOException {
        ProcessTree.Use use =
                tree.map(present -> present.measure(memoryLimitBytes)).orElse(NO_TREE);
        long memoryBytes = use.memoryBytes();
        long cpuNanos = use.cpuNanos();
        int processes = use.tasks();
        long oomKills = 0;
        long forkRefusals = 0;
        if (controls.memory().isPresent()) {
            memoryBytes = controls.memory().get().usedBytes();
            oomKills = controls.memory().get().oomKills();
        }
        if (controls.processes().isPresent()) {
            processes = controls.processes().get().current();
            forkRefusals = controls.processes().get().refusals();
        }
        if (controls.cpuTime().isPresent()) {
            cpuNanos = controls.cpuTime().get().usedNanos();
        }
        return new Reading(memoryBytes, cpuNanos, processes, oomKills, forkRefusals);
    }
}
