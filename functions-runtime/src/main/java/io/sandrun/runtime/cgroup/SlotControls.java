package io.sandrun.runtime.cgroup;

import java.util.Map;
import java.util.Optional;

/** The controls that are active for one slot. */
record SlotControls(
        ControlFiles files,
        Optional<MemoryControl> memory,
        Optional<ProcessControl> processes,
        Optional<CpuTimeControl> cpuTime,
        Optional<CpuShareControl> cpuShare) {

    SlotControls(ControlFiles files, Map<Control, GroupDirectory> groups) {
        this(
                files,
                Optional.ofNullable(groups.get(Control.MEMORY)).map(group -> MemoryControl.of(files, group)),
                Optional.ofNullable(groups.get(Control.PROCESSES))
                        .map(group -> new ProcessControl(files, group.directory())),
                Optional.ofNullable(groups.get(Control.CPU_TIME)).map(group -> new CpuTimeControl(files, group)),
                Optional.ofNullable(groups.get(Control.CPU_SHARE)).map(group -> new CpuShareControl(files, group)));
    }

    boolean measureAll() {
        return memory.isPresent() && processes.isPresent() && cpuTime.isPresent();
    }
}
