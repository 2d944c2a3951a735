package io.sandrun.broker.job;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.AttemptRow.Phases;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.ResultRow;
import io.sandrun.broker.store.ResultRow.Measures;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Outcome;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The results of finished jobs: from memory while they are fresh, else from the store. Thread-safe. */
public final class JobResults {
    /** Memory that fresh results may fill, bytes: some thousands of ordinary ones, or a dozen of the largest. */
    private static final long CACHE_BYTES = 64L * 1024 * 1024;

    /** What a result costs beside its text, bytes; a rough count. */
    private static final int OVERHEAD_BYTES = 512;

    private static final int BYTES_PER_CHARACTER = 2;

    private final Store store;
    private final Cache<String, JobResult> fresh = Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((String id, JobResult result) -> weight(result))
            // Its upkeep is a few steps: not worth a thread that nobody stops.
            .executor(Runnable::run)
            .build();

    public JobResults(Store store) {
        this.store = store;
    }

    /** The result of a job that has its outcome. */
    public JobResult of(JobRow job) {
        return fresh.get(job.id(), id -> load(job));
    }

    /** The result if it is in memory; spares the store. */
    public Optional<JobResult> fresh(String jobId) {
        return Optional.ofNullable(fresh.getIfPresent(jobId));
    }

    void reported(JobRow job, AttemptEnd end) {
        fresh.put(job.id(), assemble(job, end.stdout(), end.stderr(), end.measures(), end.phases()));
    }

    void forget(Collection<String> jobIds) {
        fresh.invalidateAll(jobIds);
    }

    private JobResult load(JobRow job) {
        Optional<ResultRow> row = store.read(tables -> tables.results().find(job.seq()));
        if (row.isEmpty() && store.read(tables -> tables.jobs().find(job.id())).isEmpty()) {
            // Swept while it was looked up: nothing of it is to be kept in memory.
            throw Refusal.unknownJob(job.id());
        }
        return row.map(result -> assemble(
                        job,
                        Printed.of(result.stdout(), result.stdoutBytes()),
                        Printed.of(result.stderr(), result.stderrBytes()),
                        result.measures(),
                        phases(job)))
                .orElseGet(() -> assemble(job, Printed.NOTHING, Printed.NOTHING, NEVER_RAN, Phases.UNKNOWN));
    }

    private Phases phases(JobRow job) {
        return store.read(tables -> tables.attempts().ofResult(job.seq())).orElse(Phases.UNKNOWN);
    }

    static final Measures NEVER_RAN = new Measures(-1, null, 0, 0, 0, null);

    private static JobResult assemble(JobRow job, Printed stdout, Printed stderr, Measures measures, Phases phases) {
        Outcome outcome = job.outcome();
        if (outcome == null) {
            throw new IllegalStateException("job " + job.id() + " has no outcome yet");
        }
        return new JobResult(
                job.id(),
                job.status(),
                stdout.text(),
                stderr.text(),
                measures.exitCode(),
                job.state(),
                outcome,
                job.reason(),
                measures.signal(),
                stdout.base64(),
                stderr.base64(),
                stdout.isTruncated(),
                stderr.isTruncated(),
                stdout.printedBytes(),
                stderr.printedBytes(),
                measures.cpuSeconds(),
                measures.memoryPeakBytes(),
                measures.wallTimeMs(),
                phases.start(),
                phases.lengths(),
                job.nodeId(),
                job.attempt(),
                job.cachedFrom() != null,
                job.cachedFrom());
    }

    private static int weight(JobResult result) {
        long characters = (long) result.output().length()
                + result.error().length()
                + length(result.outputBase64())
                + length(result.errorBase64());
        return (int) (OVERHEAD_BYTES + characters * BYTES_PER_CHARACTER);
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }
}
