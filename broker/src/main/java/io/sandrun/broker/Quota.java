package io.sandrun.broker;

import io.sandrun.broker.store.KeyRow;

/**
 * How much one client may have. 0 is no limit.
 *
 * @param concurrentJobs jobs that wait or run
 * @param jobsPerHour jobs that are submitted within any hour
 * @param cpuSecondsPerMinute CPU time of jobs that ended within the last minute, beyond which no more are taken
 * @param storedBytes inputs and outputs of the jobs that are remembered
 */
public record Quota(int concurrentJobs, int jobsPerHour, double cpuSecondsPerMinute, long storedBytes) {
    public static final Quota UNLIMITED = new Quota(0, 0, 0, 0);

    /** Far above what the older documents name (20 jobs an hour), and enough for batches of a thousand. */
    public static final Quota USUAL = new Quota(20_000, 100_000, 60_000, 100L << 30);

    public Quota {
        require(concurrentJobs, "quota_concurrent_jobs");
        require(jobsPerHour, "quota_jobs_per_hour");
        require(cpuSecondsPerMinute, "quota_cpu_seconds_per_minute");
        require((double) storedBytes, "quota_stored_mb");
    }

    private static void require(double limit, String setting) {
        if (!(limit >= 0)) {
            throw new SettingException(setting, "The setting " + setting + " must be 0 for no limit, or above it.");
        }
    }

    public Quota withConcurrentJobs(int jobs) {
        return new Quota(jobs, jobsPerHour, cpuSecondsPerMinute, storedBytes);
    }

    public Quota withJobsPerHour(int jobs) {
        return new Quota(concurrentJobs, jobs, cpuSecondsPerMinute, storedBytes);
    }

    public Quota withCpuSecondsPerMinute(double seconds) {
        return new Quota(concurrentJobs, jobsPerHour, seconds, storedBytes);
    }

    /** In MiB. */
    public Quota withStoredMb(long mebibytes) {
        return new Quota(concurrentJobs, jobsPerHour, cpuSecondsPerMinute, mebibytes << 20);
    }

    /** These limits, but for those that somebody has set. */
    public Quota with(KeyRow.OwnQuota own) {
        return new Quota(
                own.concurrentJobs() == null ? concurrentJobs : own.concurrentJobs(),
                own.jobsPerHour() == null ? jobsPerHour : own.jobsPerHour(),
                own.cpuSecondsPerMinute() == null ? cpuSecondsPerMinute : own.cpuSecondsPerMinute(),
                own.storedBytes() == null ? storedBytes : own.storedBytes());
    }

    public boolean isUnlimited() {
        return equals(UNLIMITED);
    }
}
