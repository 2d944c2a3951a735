package io.sandrun.runtime.cgroup;

/** What a control group can do for us, and what version 1 and 2 call it. */
enum Control {
    MEMORY("cgroup:memory", "memory", "memory"),
    PROCESSES("cgroup:pids", "pids", "pids"),
    CPU("cgroup:cpu", "cpuacct", "cpu");

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
