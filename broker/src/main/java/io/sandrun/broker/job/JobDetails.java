package io.sandrun.broker.job;

import io.sandrun.broker.job.JobRequest.Reuse;
import io.sandrun.broker.job.JobRequest.Wishes;
import io.sandrun.broker.reputation.Terms;
import io.sandrun.broker.store.AttemptRow;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.JobNeeds;
import io.sandrun.protocol.JobSpec;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What was asked for with a job, and each try at it. Thread-safe. */
public final class JobDetails {
    private final Store store;

    public JobDetails(Store store) {
        this.store = store;
    }

    /**
     * @param code the program's text; null for a project
     * @param envNames of its variables, whose values may be secret
     * @param stdinBytes likewise of its standard input
     * @param limits the bounds within which it runs
     * @param needs what it asked of its node
     * @param files what it starts with, and which of its files are kept
     */
    public record Manifest(
            String interpreter,
            @Nullable String code,
            List<String> args,
            Set<String> envNames,
            int stdinBytes,
            JobLimits limits,
            JobNeeds needs,
            JobFiles files,
            int priority,
            int retries,
            double retryBackoffSeconds,
            @Nullable Terms verify) {}

    /**
     * @param assignedAt seconds since 1970, like the other times
     * @param startedAt null if its program never ran
     * @param endedAt null while a node has it
     * @param code how it ended; null also if the lease was given back
     */
    public record Attempt(
            int number,
            String nodeId,
            double assignedAt,
            @Nullable Double startedAt,
            @Nullable Double endedAt,
            @Nullable Outcome code,
            String reason) {}

    /** @param attempts in their order */
    public record Page(String jobId, Manifest manifest, List<Attempt> attempts) {}

    public Page of(JobRow job) {
        List<AttemptRow> attempts = store.read(tables -> tables.attempts().ofJob(job.seq()));
        return new Page(
                job.id(),
                manifest(job, spec(job)),
                attempts.stream().map(JobDetails::attempt).toList());
    }

    /** The same job once more, to be run whatever results there are. */
    public JobRequest again(JobRow job) {
        JobRow.Retries retries = job.retries();
        return new JobRequest(
                spec(job),
                new Wishes(job.priority(), retries.allowed(), retries.backoffMs(), null),
                Reuse.NEVER,
                job.verify());
    }

    /** A copy is asked for what its job is. */
    private JobSpec spec(JobRow job) {
        Long original = job.copyOf();
        long seq = original == null ? job.seq() : original;
        return Json.read(store.read(tables -> tables.jobs().spec(seq)), JobSpec.class);
    }

    private static Manifest manifest(JobRow job, JobSpec spec) {
        return new Manifest(
                spec.interpreter(),
                spec.files().isProject() ? null : spec.code(),
                spec.args(),
                new TreeSet<>(spec.env().keySet()),
                spec.stdin().getBytes(StandardCharsets.UTF_8).length,
                spec.limits(),
                spec.needs(),
                spec.files(),
                job.priority(),
                job.retries().allowed(),
                job.retries().backoffMs() / 1000.0,
                job.verify());
    }

    private static Attempt attempt(AttemptRow row) {
        return new Attempt(
                row.number(),
                row.nodeId(),
                row.assignedAtMs() / 1000.0,
                seconds(row.startedAtMs()),
                seconds(row.endedAtMs()),
                row.outcome(),
                row.reason());
    }

    private static @Nullable Double seconds(@Nullable Long timeMs) {
        return timeMs == null ? null : timeMs / 1000.0;
    }
}
