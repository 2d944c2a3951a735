package io.sandrun.broker.access;

import io.sandrun.broker.Quota;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.job.JobIntake;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.UsageTable;
import io.sandrun.broker.store.UsageTable.CpuTime;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.OutputReport;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each client has, and takes no more than its quota.
 *
 * <p>Theory of operation: all counts are in memory. A submit takes its places before it is written, all or none, under
 * the lock of its client's account; what the commit did not need is given back. The end of a job frees its place, its
 * being forgotten the bytes of its files. A start counts what the store remembers, so that nothing is written for this.
 * Clients without a limit are not counted. Thread-safe.
 */
public final class Quotas implements JobListener, Runnable {
    /** How often clients are forgotten of whom nothing counts any more. */
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Clock clock;
    private final Accounts accounts = new Accounts();
    private final Map<String, Counted> jobs = new ConcurrentHashMap<>();

    /** Of each copy that a node holds, the job for whose answer it runs. */
    private final Map<String, Counted> copies = new ConcurrentHashMap<>();

    public Quotas(Store store, Clock clock) {
        this.clock = clock;
        long nowMs = clock.millis();
        for (UsageTable.OfJob known : store.read(tables -> tables.usage().all())) {
            boolean isActive = !known.hasEnded();
            Account account = accounts.enter(
                    known.client(), one -> one.remember(isActive, known.createdAtMs(), known.bytes(), nowMs));
            jobs.put(known.jobId(), new Counted(account, isActive, known.bytes()));
        }
        for (CpuTime used : store.read(tables -> tables.usage().cpuSince(nowMs - Account.CPU_MS))) {
            accounts.enter(used.client(), account -> account.used(used.cpuSeconds(), used.atMs()));
        }
    }

    /** One pass of housekeeping. */
    @Override
    public void run() {
        accounts.forgetBlank(clock.millis());
    }

    /** A job that is remembered. Changed by the writer's thread only. */
    private static final class Counted {
        private final Account account;
        private boolean isActive;
        private long bytes;

        Counted(Account account, boolean isActive, long bytes) {
            this.account = account;
            this.isActive = isActive;
            this.bytes = bytes;
        }

        void keeps(long more) {
            bytes += more;
            account.keeps(more);
        }
    }

    /**
     * Takes places for jobs that are about to be written.
     *
     * @throws io.sandrun.broker.Refusal if the caller's quota has no room for all of them
     */
    public JobIntake.Places take(Principal caller, List<JobRequest> wanted) {
        if (caller.quota().isUnlimited()) {
            return JobIntake.Places.UNCOUNTED;
        }
        long bytes = wanted.stream()
                .flatMap(job -> job.spec().files().inputs().stream())
                .mapToLong(JobFiles.Input::sizeBytes)
                .sum();
        Account account =
                accounts.enter(caller.client(), one -> one.take(caller.quota(), wanted.size(), bytes, clock.millis()));
        return new Taken(account, wanted.size(), bytes);
    }

    private final class Taken implements JobIntake.Places {
        private final Account account;
        private final int count;
        private final long bytes;

        /** Of one submit only the writer's thread tells what became of it, and that first of all. */
        private boolean isSettled;

        Taken(Account account, int count, long bytes) {
            this.account = account;
            this.count = count;
            this.bytes = bytes;
        }

        @Override
        public void settle(List<JobIntake.Settled> written) {
            isSettled = true;
            long ofFiles = bytes;
            for (JobIntake.Settled job : written) {
                if (job.isRepeated()) {
                    account.giveBack(1, ofFiles, clock.millis());
                } else {
                    Counted counted = new Counted(account, !job.hasEnded(), ofFiles);
                    counted.keeps(job.outputBytes());
                    jobs.put(job.jobId(), counted);
                    if (job.hasEnded()) {
                        account.ended();
                    }
                }
                // Files are a project's, and a project is one job.
                ofFiles = 0;
            }
        }

        @Override
        public void giveBack() {
            if (!isSettled) {
                account.giveBack(count, bytes, clock.millis());
            }
        }
    }

    /** What a client has and may have, in the words of older clients and with more. */
    public record Standing(
            int used,
            int limit,
            int available,
            int activeJobs,
            boolean canSubmit,
            String reason,
            int concurrentJobsLimit,
            double cpuSeconds,
            double cpuSecondsLimit,
            long storedBytes,
            long storedBytesLimit) {
        /** Said where there is no limit: older clients want a number. */
        private static final int NO_LIMIT = Integer.MAX_VALUE;

        static Standing of(Quota quota, Account.Usage usage, @Nullable String whyFull) {
            int limit = quota.jobsPerHour() == 0 ? NO_LIMIT : quota.jobsPerHour();
            return new Standing(
                    usage.submitted(),
                    limit,
                    Math.max(0, limit - usage.submitted()),
                    usage.activeJobs(),
                    whyFull == null,
                    whyFull == null ? "" : whyFull,
                    quota.concurrentJobs(),
                    Math.round(usage.cpuSeconds() * 1000) / 1000.0,
                    quota.cpuSecondsPerMinute(),
                    usage.storedBytes(),
                    quota.storedBytes());
        }
    }

    public Standing standing(Principal caller) {
        long nowMs = clock.millis();
        Account account = accounts.look(caller.client());
        return Standing.of(caller.quota(), account.usage(nowMs), account.whyFull(caller.quota(), nowMs));
    }

    @Override
    public void waiting(Waiting job) {
        // It has had its place since it was submitted.
    }

    @Override
    public void reported(JobRow job, AttemptEnd end) {
        Counted counted = jobs.get(job.id());
        if (counted != null) {
            counted.keeps(end.outputs().files().stream()
                    .mapToLong(OutputReport.File::sizeBytes)
                    .sum());
            counted.account.used(end.measures().cpuSeconds(), clock.millis());
        }
    }

    /** Each attempt costs: else a program that fails on purpose would have its client's time many times over. */
    @Override
    public void failedForNow(JobRow job, AttemptEnd end) {
        Counted counted = jobs.get(job.id());
        if (counted != null) {
            counted.account.used(end.measures().cpuSeconds(), clock.millis());
        }
    }

    @Override
    public void answered(JobRow job, long outputBytes) {
        Counted counted = jobs.get(job.id());
        if (counted != null) {
            counted.keeps(outputBytes);
        }
    }

    /** One that checks a node when the answer is known is nothing that the client asked for. */
    @Override
    public void copyAssigned(JobRow copy, String jobId) {
        Counted counted = jobs.get(jobId);
        if (counted != null && counted.isActive) {
            copies.put(copy.id(), counted);
        }
    }

    @Override
    public void copyReported(JobRow copy, AttemptEnd end) {
        Counted counted = copies.get(copy.id());
        if (counted != null) {
            counted.account.used(end.measures().cpuSeconds(), clock.millis());
        }
    }

    @Override
    public void leaseEnded(JobRow job) {
        copies.remove(job.id());
    }

    @Override
    public void ended(JobRow job) {
        Counted counted = jobs.get(job.id());
        if (counted != null && counted.isActive) {
            counted.isActive = false;
            counted.account.ended();
        }
    }

    @Override
    public void forgotten(List<String> jobIds) {
        for (String jobId : jobIds) {
            Counted counted = jobs.remove(jobId);
            if (counted != null) {
                counted.account.forgot(counted.bytes);
            }
        }
    }
}
