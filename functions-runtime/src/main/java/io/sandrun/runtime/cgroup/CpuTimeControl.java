package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The CPU time of one group. Version 2 counts it in every group, with or without the cpu controller. */
record CpuTimeControl(ControlFiles files, GroupDirectory group) {
    /** User and system time since the group was made. */
    long usedNanos() throws IOException {
        if (group.version() == 1) {
            return Long.parseLong(
                    files.read(group.directory().resolve("cpuacct.usage")).strip());
        }
        KeyedText stat = new KeyedText(files.read(group.directory().resolve("cpu.stat")));
        return TimeUnit.MICROSECONDS.toNanos(stat.require("usage_usec"));
    }
}
