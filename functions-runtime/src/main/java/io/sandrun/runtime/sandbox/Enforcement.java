package io.sandrun.runtime.sandbox;

import java.util.Set;

/**
 * What enforces and measures on this machine, from the control-group layers that were verified.
 *
 * @param chargesDiskAsMemory whether the metered memory contains the pages of the sandbox's disk
 * @param countsForkRefusals whether forks beyond the limit are refused and counted by a control group
 * @param ownProcesses how many of the metered processes and threads are ours: pid 1, and where a group counts them the
 *     resident's two
 * @param tickMs how often the meter is read: rarely where the kernel enforces, often where only we do
 */
record Enforcement(boolean chargesDiskAsMemory, boolean countsForkRefusals, int ownProcesses, int tickMs) {
    private static final int ENFORCED_TICK_MS = 100;
    private static final int WATCHED_TICK_MS = 25;

    static Enforcement of(Set<String> layers) {
        boolean memory = layers.contains("cgroup:memory");
        boolean processes = layers.contains("cgroup:pids");
        return new Enforcement(memory, processes, processes ? 3 : 1, memory ? ENFORCED_TICK_MS : WATCHED_TICK_MS);
    }
}
