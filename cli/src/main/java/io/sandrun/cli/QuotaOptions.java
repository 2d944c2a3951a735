package io.sandrun.cli;

import io.sandrun.broker.Quota;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How much a client may have, as flags; 0 is no limit. */
final class QuotaOptions {
    @Option(names = "--quota-concurrent-jobs", paramLabel = "N", description = "Jobs that wait or run at once.")
    @Nullable
    Integer concurrentJobs;

    @Option(names = "--quota-jobs-per-hour", paramLabel = "N", description = "Jobs that are submitted within an hour.")
    @Nullable
    Integer jobsPerHour;

    @Option(
            names = "--quota-cpu-seconds-per-minute",
            paramLabel = "SECONDS",
            description = "CPU time of jobs that ended within a minute.")
    @Nullable
    Double cpuSecondsPerMinute;

    @Option(names = "--quota-stored-mb", paramLabel = "MIB", description = "Inputs and outputs that are kept.")
    @Nullable
    Long storedMb;

    Quota over(Quota otherwise) {
        Quota quota = otherwise;
        quota = concurrentJobs == null ? quota : quota.withConcurrentJobs(concurrentJobs);
        quota = jobsPerHour == null ? quota : quota.withJobsPerHour(jobsPerHour);
        quota = cpuSecondsPerMinute == null ? quota : quota.withCpuSecondsPerMinute(cpuSecondsPerMinute);
        return storedMb == null ? quota : quota.withStoredMb(storedMb);
    }

    /** The fields of a key's own limits. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        put(fields, "concurrent_jobs", concurrentJobs);
        put(fields, "jobs_per_hour", jobsPerHour);
        put(fields, "cpu_seconds_per_minute", cpuSecondsPerMinute);
        put(fields, "stored_bytes", storedMb == null ? null : storedMb << 20);
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
