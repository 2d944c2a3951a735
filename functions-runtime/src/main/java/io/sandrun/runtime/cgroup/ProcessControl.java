package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.Path;

/** The pids files of one group, which both versions name alike. */
record ProcessControl(ControlFiles files, Path directory) {
    void limit(int processes) throws IOException {
        LimitFile.ofCount(files, directory.resolve("pids.max")).set(processes);
    }

    int current() throws IOException {
        return Integer.parseInt(files.read(directory.resolve("pids.current")).strip());
    }

    /** Since the group was made. */
    long refusals() throws IOException {
        return new KeyedText(files.read(directory.resolve("pids.events"))).require("max");
    }
}
