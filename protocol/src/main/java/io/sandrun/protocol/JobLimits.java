package io.sandrun.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The bounds within which a job runs; see {@link Limits} for the bounds of these bounds.
 *
 * @param timeout wall time, seconds
 * @param cpuSeconds CPU time of all processes together, seconds; null: what its cores can do within the timeout
 * @param memoryMb memory, MiB
 * @param processes processes and threads
 * @param diskMb space for files, MiB
 * @param cores whose time all processes together may take; 0: the slot's share of the node
 */
public record JobLimits(
        double timeout, @Nullable Double cpuSeconds, int memoryMb, int processes, int diskMb, int cores) {}
