package io.sandrun.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /results/ID} and {@code POST /run} answer for a job that has its outcome.
 *
 * @param status the older clients' word: completed or failed
 * @param output standard output as text; U+FFFD stands for bytes that are not UTF-8
 * @param error standard error as text, {@code ""} when there was none
 * @param exitCode the program's own code, 128 + signal where a signal ended it, or -1 where it never ran
 * @param reason a sentence for people; empty for {@link Outcome#OK}
 * @param outputBase64 the exact bytes where they are not UTF-8, else null
 * @param outputTruncated whether more was printed than was kept
 * @param start how the program's process came to be; null where its node does not say
 * @param phasesMs how long each phase of its last attempt took at its node; likewise
 * @param cached whether it is the result of an earlier job, {@code cachedFrom}, that computed the same
 */
public record JobResult(
        String jobId,
        String status,
        String output,
        String error,
        int exitCode,
        JobState state,
        Outcome code,
        String reason,
        @Nullable Integer signal,
        @Nullable String outputBase64,
        @Nullable String errorBase64,
        boolean outputTruncated,
        boolean errorTruncated,
        long outputBytes,
        long errorBytes,
        double cpuSeconds,
        long memoryPeakBytes,
        long wallTimeMs,
        @Nullable Start start,
        @Nullable PhasesMs phasesMs,
        @Nullable String nodeId,
        int attempts,
        boolean cached,
        @Nullable String cachedFrom) {}
