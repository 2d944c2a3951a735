package io.sandrun.broker.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the database says of jobs, in one piece: what an audit compares with what was promised. All of it is
 * held in memory. In the order of the job's and the attempt's numbers, so that equal books are equal values.
 *
 * @param damage what SQLite's own check of the file complains of; empty for a sound file
 */
public record Books(List<Job> jobs, List<Attempt> attempts, List<Result> results, List<String> damage) {
    public Books {
        jobs = List.copyOf(jobs);
        attempts = List.copyOf(attempts);
        results = List.copyOf(results);
        damage = List.copyOf(damage);
    }

    /**
     * A job as it stands. States and outcomes are words of the wire.
     *
     * @param retried attempts that the program failed and that another one was to follow
     * @param cachedFrom the job whose result it was given instead of an attempt
     * @param key under which it was submitted
     */
    public record Job(
            String id,
            String state,
            int attempt,
            int faults,
            int retried,
            @Nullable String leaseId,
            @Nullable String nodeId,
            @Nullable String outcome,
            boolean hasSpec,
            @Nullable String cachedFrom,
            @Nullable String key) {}

    /** One lease that was handed out. {@code ids} of jobs, not their places in line. Times in milliseconds. */
    public record Attempt(
            String jobId,
            int number,
            String leaseId,
            String nodeId,
            long assignedAtMs,
            @Nullable Long endedAtMs,
            @Nullable String outcome) {}

    /** What is kept of a program's end: its exit code and its standard output as UTF-8. */
    public record Result(String jobId, int exitCode, String output) {}
}
