package io.sandrun.broker.access;

import io.sandrun.broker.Quota;
import io.sandrun.broker.job.AttemptEnd;
import io.sandrun.broker.job.JobIntake;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.job.JobRequest;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.Store;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.OutputReport;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what each client has, and takes no more than its quota.
 *
 * <p>Theory of operation: all counts are in memory. A submit takes its places before it is written, all or none, under
 * the lock of its client's account; what the commit did not need is given back. The end of a job frees its place, its
 * being forgotten the bytes of its files. A start counts what the store remembers, so that nothing is written for this;
 * then all submits of the last hour are as if they had just come. Clients without a limit are not counted. Thread-safe.
 */
public final class Quotas implements JobListener {
    private final Clock clock;
    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final Map<String, Counted> jobs = new ConcurrentHashMap<>();

    /** Of each copy that a node holds, the job for whose answer it runs. */
    private final Map<String, Counted> copies = new ConcurrentHashMap<>();

    public Quotas(Store store, Clock clock) {
        this.clock = clock;
        store.read(tables -> tables.usage().all()).forEach(known -> {
            Account account = account(known.client());
            account.remember(!known.hasEnded(), known.createdAtMs(), known.bytes(), clock.millis());
            jobs.put(known.jobId(), new Counted(account, !known.hasEnded(), known.bytes()));
        });
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
    }

    private Account account(String client) {
        return accounts.computeIfAbsent(client, first -> new Account());
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
        Account account = account(caller.client());
        long bytes = wanted.stream()
                .flatMap(job -> job.spec().files().inputs().stream())
                .mapToLong(JobFiles.Input::sizeBytes)
                .sum();
        account.take(caller.quota(), wanted.size(), bytes, clock.millis());
        return new Taken(account, wanted.size(), bytes);
    }

    private final class Taken implements JobIntake.Places {
        private final Account account;
        private final int count;
        private final long bytes;

        Taken(Account account, int count, long bytes) {
            this.account = account;
            this.count = count;
            this.bytes = bytes;
        }

        @Override
        public void settle(List<JobIntake.Settled> written) {
            long ofFiles = bytes;
            for (JobIntake.Settled job : written) {
                if (job.isRepeated()) {
                    account.giveBack(1, ofFiles, clock.millis());
                } else {
                    jobs.put(job.jobId(), new Counted(account, !job.hasEnded(), ofFiles));
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
            account.giveBack(count, bytes, clock.millis());
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
                    usage.cpuSeconds(),
                    quota.cpuSecondsPerMinute(),
                    usage.storedBytes(),
                    quota.storedBytes());
        }
    }

    public Standing standing(Principal caller) {
        long nowMs = clock.millis();
        Account account = account(caller.client());
        return Standing.of(caller.quota(), account.usage(nowMs), account.whyFull(caller.quota(), nowMs));
    }

    @Override
    public void waiting(String jobId, long classId) {
        // It has had its place since it was submitted.
    }

    @Override
    public void reported(JobRow job, AttemptEnd end) {
        Counted counted = jobs.get(job.id());
        if (counted == null) {
            return;
        }
        long bytes = end.outputs().files().stream()
                .mapToLong(OutputReport.File::sizeBytes)
                .sum();
        counted.bytes += bytes;
        counted.account.used(end.measures().cpuSeconds(), bytes, clock.millis());
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
            counted.account.used(end.measures().cpuSeconds(), 0, clock.millis());
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
