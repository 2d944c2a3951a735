package io.sandrun.runtime.cgroup;

/**
 * One look at a job.
 *
 * @param memoryBytes anonymous and shared memory (tmpfs too, where a control group counts it) now; no page cache
 * @param cpuNanos user and system time since the meter was made
 * @param processes tasks now: every thread, and the slot's launcher where a control group counts them
 * @param oomKills processes killed for want of memory since the meter was made; 0 where no control group counts them
 * @param forkRefusals forks refused by the process limit since the meter was made; 0 where no control group counts them
 */
public record Reading(long memoryBytes, long cpuNanos, int processes, long oomKills, long forkRefusals) {}
