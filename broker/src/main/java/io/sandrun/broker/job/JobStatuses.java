package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.job.JobStatus.ExecutionMetadata;
import io.sandrun.broker.job.JobStatus.Metrics;
import io.sandrun.broker.job.JobStatus.WorkerMetadata;
import io.sandrun.broker.job.JobStatus.WorkerStatus;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.requirement.PendingReason;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.AttemptRow;
import io.sandrun.broker.store.AttemptRow.Phases;
import io.sandrun.broker.store.CopyRow;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.ResultRow.Measures;
import io.sandrun.broker.store.ResultRow.Summary;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.OutputReport.File;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads jobs and says how they stand. Thread-safe. */
public final class JobStatuses {
    private static final double BYTES_PER_MB = 1024.0 * 1024.0;
    private static final DateTimeFormatter TEXT =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final Store store;
    private final NodeRegistry registry;
    private final RequirementClasses classes;
    private final PendingReason pendingReason;
    private final VerifiedJobs verified;

    public JobStatuses(Store store, NodeRegistry registry, RequirementClasses classes, VerifiedJobs verified) {
        this.store = store;
        this.registry = registry;
        this.classes = classes;
        this.pendingReason = new PendingReason(store, registry, classes);
        this.verified = verified;
    }

    /** @throws Refusal if there is none */
    public JobRow require(String jobId) {
        return store.read(tables -> tables.jobs().find(jobId)).orElseThrow(() -> Refusal.unknownJob(jobId));
    }

    /**
     * Likewise, for whoever wants to see what came of it.
     *
     * @throws Refusal if it is a copy of a job that is not decided
     */
    public JobRow requireShown(String jobId) {
        JobRow job = require(jobId);
        if (!verified.isShown(job)) {
            throw new Refusal(
                    ErrorCode.NOT_FINISHED,
                    "This is a copy of a job that is being verified: what it answered is not told before that is done.",
                    Map.of("job_id", job.id(), "state", job.state().wire()));
        }
        return job;
    }

    public JobStatus of(JobRow job) {
        boolean isPending = job.state() == JobState.PENDING;
        // A verified job waits for its copies: the next of them has a place in line.
        List<CopyRow> copies = verified.copies(job);
        JobRow inLine = verified.nextCopy(copies).orElse(job);
        boolean isInLine = isPending && inLine.isHandedOut() && inLine.dueAtMs() == null;
        int ahead = isInLine ? store.read(tables -> tables.jobs().ahead(inLine, PendingReason.AHEAD_MAX + 1)) : 0;
        boolean isShown = verified.isShown(job);
        Summary summary = job.state().isFinal() && isShown ? summary(job) : null;
        JobRow ran = verified.acceptedCopy(job).orElse(job);
        Measures measures = summary == null ? null : summary.measures();
        Measures cost = measures == null ? JobResults.NEVER_RAN : measures;
        ExecutionMetadata execution = measures == null ? null : execution(job, measures);
        Node node = registry.find(ran.nodeId());
        String status = job.status();
        Long endedAtMs = job.endedAtMs();
        List<AttemptRow> attempts = attempts(ran);
        Phases last = attempts.isEmpty()
                ? Phases.UNKNOWN
                : attempts.get(attempts.size() - 1).phases();
        return new JobStatus(
                job.id(),
                status,
                job.state(),
                isShown ? job.outcome() : null,
                isShown ? job.reason() : "",
                isPending ? whyItWaits(job, copies, inLine, ahead) : null,
                isPending ? pendingDetails(job) : null,
                isInLine ? Math.min(ahead, PendingReason.AHEAD_MAX) + 1 : 0,
                job.interpreter(),
                ran.nodeId(),
                node == null ? null : node.workerId(),
                ran.attempt() == 0 ? null : new WorkerStatus(ran.id(), status, execution),
                summary == null ? WorkerMetadata.NONE : WorkerMetadata.of(ran.id(), summary),
                status,
                execution,
                measures == null ? null : metrics(measures),
                cost.cpuSeconds(),
                cost.memoryPeakBytes(),
                cost.wallTimeMs(),
                last.start(),
                last.lengths(),
                job.attempt(),
                job.cancelRequested(),
                job.codeSha256(),
                summary == null ? Map.of() : outputs(job),
                job.createdAtMs() / 1000.0,
                text(job.createdAtMs()),
                endedAtMs == null ? null : endedAt(job, endedAtMs),
                Timeline.of(job, attempts),
                job.cachedFrom() != null,
                job.cachedFrom(),
                verified.jobOf(job).map(JobRow::id).orElse(null),
                verified.of(job, copies));
    }

    /** @param inLine the job, or the copy of it that waits for a node */
    private String whyItWaits(JobRow job, List<CopyRow> copies, JobRow inLine, int ahead) {
        Optional<String> byCopies = verified.whyItWaits(job, copies);
        if (byCopies.isPresent()) {
            return byCopies.get();
        }
        Long dueAtMs = inLine.dueAtMs();
        if (dueAtMs == null) {
            return classes.find(job.classId())
                    .map(needs -> pendingReason.explain(needs, job.client(), ahead))
                    .orElse("It was accepted just now.");
        }
        return job.retries().made() > 0
                ? "It is tried again at " + text(dueAtMs) + " UTC."
                : "It was submitted to run not before " + text(dueAtMs) + " UTC.";
    }

    private List<PendingReason.Detail> pendingDetails(JobRow job) {
        return classes.find(job.classId()).map(pendingReason::details).orElse(List.of());
    }

    private List<AttemptRow> attempts(JobRow job) {
        return job.attempt() == 0
                ? List.of()
                : store.read(tables -> tables.attempts().ofJob(job.seq()));
    }

    private Summary summary(JobRow job) {
        return store.read(tables -> tables.results().findSummary(job.seq()))
                .orElseGet(() -> new Summary(JobResults.NEVER_RAN, null));
    }

    private Map<String, OutputFile> outputs(JobRow job) {
        Map<String, OutputFile> outputs = new LinkedHashMap<>();
        for (File file : store.read(tables -> tables.outputs().files(job.seq()))) {
            outputs.put(file.path(), OutputFile.of(file));
        }
        return outputs;
    }

    private static ExecutionMetadata execution(JobRow job, Measures measures) {
        return new ExecutionMetadata(
                measures.cpuSeconds(),
                measures.memoryPeakBytes(),
                measures.memoryPeakBytes() / BYTES_PER_MB,
                measures.wallTimeMs(),
                measures.wallTimeMs() / 1000.0,
                measures.exitCode(),
                measures.environment(),
                job.interpreter());
    }

    private static Metrics metrics(Measures measures) {
        return new Metrics(
                measures.cpuSeconds(), measures.memoryPeakBytes() / BYTES_PER_MB, measures.wallTimeMs() / 1000.0);
    }

    /** Those who send projects were told a number, those who send snippets a text. */
    private static Object endedAt(JobRow job, long endedAtMs) {
        return job.isProject() ? (Object) (endedAtMs / 1000.0) : text(endedAtMs);
    }

    static String text(long epochMs) {
        return TEXT.format(Instant.ofEpochMilli(epochMs));
    }
}
