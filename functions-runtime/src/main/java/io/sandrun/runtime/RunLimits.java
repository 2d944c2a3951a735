package io.sandrun.runtime;

import java.time.Duration;

/**
 * What one run may use. Each limit has its own {@link Outcome}.
 *
 * @param wallTime from the command's start to its end
 * @param cpuTime of all processes together
 * @param cores whose time all processes together get, fractions allowed; they may run on any of the machine's
 * @param memoryBytes of all processes together; what lies on the disk is counted there and not here
 * @param processes at one time, threads included
 * @param openFiles of one process
 * @param diskBytes of /work, /tmp and /dev/shm together, which live in memory
 * @param diskInodes files and directories in these
 * @param outputKeptBytes of each stream; what follows is counted and dropped
 * @param outputTotalBytes of both streams; more ends the run
 */
public record RunLimits(
        Duration wallTime,
        Duration cpuTime,
        double cores,
        long memoryBytes,
        int processes,
        int openFiles,
        long diskBytes,
        long diskInodes,
        int outputKeptBytes,
        long outputTotalBytes) {}
