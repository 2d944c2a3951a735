package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Reads each quantity from its control group if that is active, otherwise from the process tree. */
final class SlotMeter implements Meter {
    private static final ProcessTree.Use NO_TREE = new ProcessTree.Use(0, 0, 0);

    /** Finds the tree, once it has a first process. */
    interface Tree {
        Optional<ProcessTree> find();
    }

    private final SlotControls controls;
    private final Tree tree;
    private final long memoryLimitBytes;
    private final Counts atStart;
    private final long ofTreeAtStart;
    private Optional<ProcessTree> found = Optional.empty();
    private long mostCpuNanos;

    /** Counted since the groups were made. */
    private record Counts(long cpuNanos, long oomKills, long forkRefusals) {}

    /** @param memoryLimitBytes above this the tree is measured exactly, at a price */
    SlotMeter(SlotControls controls, Tree tree, long memoryLimitBytes) throws IOException {
        this.controls = controls;
        this.tree = tree;
        this.memoryLimitBytes = memoryLimitBytes;
        this.atStart = counts();
        this.ofTreeAtStart = use().cpuNanos();
    }

    @Override
    public Reading read() {
        try {
            ProcessTree.Use use = use();
            Counts now = counts();
            long cpuNanos = controls.cpuTime().isPresent()
                    ? now.cpuNanos() - atStart.cpuNanos()
                    : use.cpuNanos() - ofTreeAtStart;
            // Time of processes that ended without being waited for disappears from a tree.
            mostCpuNanos = Math.max(mostCpuNanos, cpuNanos);
            return new Reading(
                    controls.memory().isPresent() ? controls.memory().get().usedBytes() : use.memoryBytes(),
                    mostCpuNanos,
                    controls.processes().isPresent()
                            ? controls.processes().get().current()
                            : use.tasks(),
                    now.oomKills() - atStart.oomKills(),
                    now.forkRefusals() - atStart.forkRefusals());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessTree.Use use() {
        if (found.isEmpty()) {
            found = tree.find();
        }
        return found.map(present -> present.measure(memoryLimitBytes)).orElse(NO_TREE);
    }

    private Counts counts() throws IOException {
        return new Counts(
                controls.cpuTime().isPresent() ? controls.cpuTime().get().usedNanos() : 0,
                controls.memory().isPresent() ? controls.memory().get().oomKills() : 0,
                controls.processes().isPresent() ? controls.processes().get().refusals() : 0);
    }
}
