package io.sandrun.runtime.cgroup;

import java.util.Map;
import java.util.Optional;

/** The controls that are active for one slot. */
record SlotControls(
        ControlFiles files,
        Optional<MemoryControl> memory,
        Optional<ProcessControl> processes,
        Optional<CpuControl> cpu) {

    SlotControls(ControlFiles files, Map<Control, GroupDirectory> groups) {
        this(
                files,
                Optional.ofNullable(groups.get(Control.MEMORY)).map(group -> MemoryControl.of(files, group)),
                Optional.ofNullable(groups.get(Control.PROCESSES))
                        .map(group -> new ProcessControl(files, group.directory())),
                Optional.ofNullable(groups.get(Control.CPU)).map(group -> new CpuControl(files, group)));
    }

    boolean measureAll() {
        return memory.isPresent() && processes.isPresent() && cpu.isPresent();
    }
}
