package io.sandrun.broker.job;

import io.sandrun.broker.requirement.PendingReason.Detail;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /status/ID} answers: everything that one of the older clients reads, and our own words beside it.
 *
 * @param status the older clients' word
 * @param pendingReason one sentence on why it waits, null unless pending
 * @param pendingDetails how many live nodes meet each requirement, null unless pending
 * @param queuePosition from 1 while pending, else 0; 10,001 also stands for every place beyond
 * @param workerStatus set once a node has had the job
 * @param wallTime milliseconds
 * @param jobHash SHA-256 of the program's text, or of a project's files, hex
 * @param submittedAt seconds since 1970
 * @param createdAt the same as UTC text, {@code 2026-01-31 12:00:00}
 * @param completedAt in the form of {@code createdAt} for a snippet, of {@code submittedAt} for a project
 */
public record JobStatus(
        String jobId,
        String status,
        JobState state,
        @Nullable Outcome code,
        String reason,
        @Nullable String pendingReason,
        @Nullable List<Detail> pendingDetails,
        int queuePosition,
        String interpreter,
        @Nullable String nodeId,
        @Nullable String workerId,
        @Nullable WorkerStatus workerStatus,
        WorkerMetadata workerMetadata,
        String poolStatus,
        @Nullable ExecutionMetadata executionMetadata,
        @Nullable Metrics metrics,
        double cpuSeconds,
        long memoryBytes,
        long wallTime,
        int attempt,
        boolean cancelRequested,
        String jobHash,
        Map<String, Object> outputFiles,
        double submittedAt,
        String createdAt,
        @Nullable Object completedAt,
        List<Timeline.Event> timeline,
        boolean cached,
        @Nullable String cachedFrom) {
    public record WorkerStatus(String jobId, String status) {}

    /** Who vouches for the result; nobody does yet. */
    public record WorkerMetadata(
            @Nullable String workerId, @Nullable String signature) {
        static final WorkerMetadata NONE = new WorkerMetadata(null, null);
    }

    public record ExecutionMetadata(
            double cpuSeconds,
            long memoryPeakBytes,
            double memoryPeakMb,
            long wallTimeMs,
            double runtimeSeconds,
            int exitCode,
            @Nullable String environment,
            String interpreter) {}

    /** @param runtime seconds */
    public record Metrics(double cpuSeconds, double memoryMb, double runtime) {}
}
