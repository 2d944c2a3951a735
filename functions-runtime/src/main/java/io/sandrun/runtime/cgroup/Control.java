package io.sandrun.runtime.cgroup;

/** What a control group can do for us, and what version 1 and 2 call it. */
enum Control {
    MEMORY("cgroup:memory", "memory", "memory"),
    PROCESSES("cgroup:pids", "pids", "pids"),
    /** How much time was used: counted by version 2 in every group, by version 1 in a hierarchy of its own. */
    CPU_TIME("cgroup:cpu", "cpuacct", "cpu"),
    /** How much time may be used in each moment. */
    CPU_SHARE("cgroup:cpu-share", "cpu", "cpu");

    private final String layer;
    private final String versionOneName;
    private final String versionTwoName;

    Control(String layer, String versionOneName, String versionTwoName) {
        this.layer = layer;
        this.versionOneName = versionOneName;
        this.versionTwoName = versionTwoName;
    }

    String layer() {
        return layer;
    }

    String versionOneName() {
        return versionOneName;
    }

    String versionTwoName() {
        return versionTwoName;
    }
}
