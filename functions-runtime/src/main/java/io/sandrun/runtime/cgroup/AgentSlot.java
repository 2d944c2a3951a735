package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** A slot's groups, and the limits that were asked for last. */
final class AgentSlot implements SlotCgroup {
    private final SlotControls controls;
    private final Set<GroupDirectory> directories;
    private final Path proc;
    private long memoryLimitBytes = Long.MAX_VALUE;

    private AgentSlot(SlotControls controls, Set<GroupDirectory> directories, Path proc) {
        this.controls = controls;
        this.directories = directories;
        this.proc = proc;
    }

    /** @throws UncheckedIOException if a group cannot be made, which worked when the agent's groups were verified */
    static AgentSlot open(SlotControls controls, Set<GroupDirectory> directories, Path proc) {
        try {
            for (GroupDirectory group : directories) {
                controls.files().makeDirectory(group.directory());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new AgentSlot(controls, directories, proc);
    }

    @Override
    public void admit(long pid) throws IOException {
        for (GroupDirectory group : directories) {
            controls.files().write(group.directory().resolve("cgroup.procs"), Long.toString(pid));
        }
    }

    @Override
    public void limit(GroupLimits limits) throws IOException {
        memoryLimitBytes = limits.memoryBytes();
        if (controls.memory().isPresent()) {
            controls.memory().get().limit(limits.memoryBytes());
        }
        if (controls.processes().isPresent()) {
            controls.processes().get().limit(limits.processes());
        }
        if (controls.cpuShare().isPresent()) {
            controls.cpuShare().get().limit(limits.cores());
        }
    }

    @Override
    public Meter meter(LongSupplier initPid) throws IOException {
        SlotMeter.Tree tree =
                controls.measureAll() ? Optional::empty : () -> ProcessTree.below(proc, initPid.getAsLong());
        return new SlotMeter(controls, tree, memoryLimitBytes);
    }

    @Override
    public void close() {
        GroupRemoval removal = new GroupRemoval(controls.files());
        directories.forEach(group -> removal.remove(group.directory()));
    }
}
