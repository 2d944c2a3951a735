package io.sandrun.runtime;

import java.time.Duration;

/**
 * What a run used.
 *
 * @param wallTime from go to the end of the main process
 * @param cpuTime user and system time of all processes
 * @param memoryPeakBytes the larger of the biggest process and the largest sum that was metered
 */
public record Usage(Duration wallTime, Duration cpuTime, long memoryPeakBytes) {
    public static final Usage NONE = new Usage(Duration.ZERO, Duration.ZERO, 0);
}
