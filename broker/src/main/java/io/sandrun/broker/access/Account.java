package io.sandrun.broker.access;

import io.sandrun.broker.Quota;
import io.sandrun.broker.Refusal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one client has and had. Thread-safe. */
final class Account {
    private static final int MINUTES = 60;
    private static final long MINUTE_MS = 60_000;
    private static final int SECONDS = 60;
    private static final long SECOND_MS = 1_000;

    /** For how long CPU time counts. */
    static final long CPU_MS = SECONDS * SECOND_MS;

    /** Places become free whenever a job ends, and storage when one is forgotten: nobody knows when. */
    private static final double SOON_SECONDS = 1;

    private static final double LATER_SECONDS = 60;

    private final SlidingSum submits = new SlidingSum(MINUTES, MINUTE_MS);
    private final SlidingSum cpuSeconds = new SlidingSum(SECONDS, SECOND_MS);
    private int activeJobs;
    private long storedBytes;

    /** What a client has now; the first two are jobs, of which the second counts the last hour's submits. */
    record Usage(int activeJobs, int submitted, double cpuSeconds, long storedBytes) {}

    /** Why no more is taken, and after how long it may be. */
    private record Full(String reason, double retryAfterSeconds, String quota, Object limit) {
        Refusal refusal() {
            return Refusal.overQuota(reason, retryAfterSeconds, Map.of("quota", quota, "limit", limit));
        }
    }

    /** @throws Refusal if that would be more than the quota, and then nothing is taken */
    synchronized void take(Quota quota, int jobs, long bytes, long nowMs) {
        Full full = full(quota, jobs, bytes, nowMs);
        if (full != null) {
            throw full.refusal();
        }
        activeJobs += jobs;
        storedBytes += bytes;
        submits.add(nowMs, jobs);
    }

    /** Why one more job would not be taken; null if it would. */
    synchronized @Nullable String whyFull(Quota quota, long nowMs) {
        Full full = full(quota, 1, 0, nowMs);
        return full == null ? null : full.reason;
    }

    private @Nullable Full full(Quota quota, int jobs, long bytes, long nowMs) {
        int concurrent = quota.concurrentJobs();
        if (concurrent > 0 && activeJobs + jobs > concurrent) {
            String reason = "%d jobs wait or run already, and %d may at once.".formatted(activeJobs, concurrent);
            return new Full(reason, SOON_SECONDS, "concurrent_jobs", concurrent);
        }
        int hourly = quota.jobsPerHour();
        double submitted = submits.sum(nowMs);
        if (hourly > 0 && submitted + jobs > hourly) {
            String reason =
                    "%d jobs were submitted within the last hour, and %d may be.".formatted((int) submitted, hourly);
            double wait = submits.msUntil(nowMs, Math.max(0, hourly - jobs)) / 1000.0;
            return new Full(reason, wait, "jobs_per_hour", hourly);
        }
        double perMinute = quota.cpuSecondsPerMinute();
        double used = cpuSeconds.sum(nowMs);
        if (perMinute > 0 && used >= perMinute) {
            String reason =
                    "%.1f CPU seconds were used within the last minute, and %.1f may be.".formatted(used, perMinute);
            return new Full(reason, cpuSeconds.msUntil(nowMs, perMinute) / 1000.0, "cpu_seconds_per_minute", perMinute);
        }
        long stored = quota.storedBytes();
        if (stored > 0 && storedBytes + bytes > stored) {
            String reason = "Files of %d bytes are kept, and %d may be: they go with their jobs."
                    .formatted(storedBytes, stored);
            return new Full(reason, LATER_SECONDS, "stored_bytes", stored);
        }
        return null;
    }

    /** Gives back what a submit did not need after all. */
    synchronized void giveBack(int jobs, long bytes, long nowMs) {
        activeJobs -= jobs;
        storedBytes -= bytes;
        submits.add(nowMs, -jobs);
    }

    synchronized void ended() {
        activeJobs--;
    }

    synchronized void used(double seconds, long atMs) {
        cpuSeconds.add(atMs, seconds);
    }

    synchronized void keeps(long bytes) {
        storedBytes += bytes;
    }

    synchronized void forgot(long bytes) {
        storedBytes -= bytes;
    }

    /** What the store remembers of one job, when the broker starts; the oldest job first. */
    synchronized void remember(boolean isActive, long createdAtMs, long bytes, long nowMs) {
        activeJobs += isActive ? 1 : 0;
        storedBytes += bytes;
        if (nowMs - createdAtMs < MINUTES * MINUTE_MS) {
            submits.add(Math.min(createdAtMs, nowMs), 1);
        }
    }

    /** Whether it is as good as a new one. */
    synchronized boolean isBlank(long nowMs) {
        return activeJobs == 0 && storedBytes == 0 && submits.sum(nowMs) == 0 && cpuSeconds.sum(nowMs) == 0;
    }

    synchronized Usage usage(long nowMs) {
        // A place that is given back a minute later leaves the hour after that at which it was taken.
        return new Usage(activeJobs, Math.max(0, (int) submits.sum(nowMs)), cpuSeconds.sum(nowMs), storedBytes);
    }
}
