package io.sandrun.broker.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sandrun.broker.job.VerifiedJobs.Verification;
import io.sandrun.broker.requirement.PendingReason.Detail;
import io.sandrun.broker.store.ResultRow.Measures;
import io.sandrun.broker.store.ResultRow.Summary;
import io.sandrun.broker.store.ResultRow.Voucher;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import io.sandrun.protocol.identity.SignedResult;
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
 * @param start how the program's process came to be in its last attempt; null where its node does not say
 * @param phasesMs how long each phase of that took at its node; likewise
 * @param jobHash SHA-256 of the program's text, or of a project's files, hex
 * @param outputFiles what it left, by path; empty until final
 * @param submittedAt seconds since 1970
 * @param createdAt the same as UTC text, {@code 2026-01-31 12:00:00}
 * @param copyOf the verified job of which this is a copy
 * @param verification how the job is verified
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
        @Nullable Start start,
        @Nullable PhasesMs phasesMs,
        int attempt,
        boolean cancelRequested,
        String jobHash,
        Map<String, OutputFile> outputFiles,
        double submittedAt,
        String createdAt,
        @Nullable Object completedAt,
        List<Timeline.Event> timeline,
        boolean cached,
        @Nullable String cachedFrom,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String copyOf,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Verification verification) {
    /**
     * What the older pools had asked the worker.
     *
     * @param jobId under which the worker knows it: the same, or that of the copy whose result a verified job has
     */
    public record WorkerStatus(
            String jobId, String status, @Nullable ExecutionMetadata executionMetadata) {}

    /**
     * Who vouches for the result; nobody before it is there, or where no node with a key ran the job.
     *
     * @param workerId the node's key
     * @param signature base64, on the canonical JSON of {@code signedData}
     */
    public record WorkerMetadata(
            @Nullable String workerId,
            @Nullable String signature,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String signatureAlgorithm,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            SignedResult signedData) {
        static final WorkerMetadata NONE = new WorkerMetadata(null, null, null, null);

        static WorkerMetadata of(String jobId, Summary summary) {
            Voucher voucher = summary.voucher();
            if (voucher == null) {
                return NONE;
            }
            Measures measures = summary.measures();
            SignedResult signed = new SignedResult(
                    jobId,
                    measures.exitCode(),
                    measures.cpuSeconds(),
                    measures.memoryPeakBytes(),
                    voucher.outputHash());
            return new WorkerMetadata(voucher.workerId(), voucher.signature(), SignedResult.ALGORITHM, signed);
        }
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
