package io.sandrun.broker.trust;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sandrun.broker.job.HandedJob;
import io.sandrun.broker.job.JobLifecycle.Assigned;
import io.sandrun.broker.job.JobListener;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Lease;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that nodes hold, as they were handed out: kept in memory as long as the lease is held and while there is
 * room, so that most reports are compared without a look into the store. Thread-safe.
 */
public final class HandedJobs implements JobListener {
    /** Memory for jobs that are under way, bytes: thousands of ordinary ones, or a few of the largest. */
    private static final long BYTES = 16L * 1024 * 1024;

    /** What one costs beside its texts, bytes; a rough count. */
    private static final int OVERHEAD_BYTES = 1024;

    /** What each text costs beside its characters, and where it is kept, bytes. */
    private static final int TEXT_OVERHEAD_BYTES = 64;

    private static final int BYTES_PER_CHARACTER = 2;

    /** By job, of which there is one lease at a time. */
    private final Cache<String, Holding> held = Caffeine.newBuilder()
            .maximumWeight(BYTES)
            .weigher((String jobId, Holding holding) -> weight(holding.job))
            // Its upkeep is a few steps: not worth a thread that nobody stops.
            .executor(Runnable::run)
            .build();

    /** @param job null until the answer is made that hands it out */
    private record Holding(Lease lease, @Nullable ClaimedJob job) {}

    /** About as many bytes as it takes; whoever submits jobs may fill any of these. */
    static int weight(@Nullable ClaimedJob job) {
        if (job == null) {
            return OVERHEAD_BYTES;
        }
        long bytes = OVERHEAD_BYTES * (1L + job.files().inputs().size())
                + textBytes(job.args())
                + textBytes(job.env().keySet())
                + textBytes(job.env().values())
                + textBytes(job.files().outputs())
                + textBytes(List.of(job.code(), job.stdin()));
        return (int) bytes;
    }

    private static long textBytes(Collection<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            bytes += TEXT_OVERHEAD_BYTES + (long) BYTES_PER_CHARACTER * text.length();
        }
        return bytes;
    }

    @Override
    public void assigned(JobRow job) {
        String nodeId = job.nodeId();
        String leaseId = job.leaseId();
        if (nodeId != null && leaseId != null) {
            held.put(job.id(), new Holding(new Lease(job.id(), nodeId, leaseId), null));
        }
    }

    /** What a claim hands out. An answer may be made so late that its lease is over: then nothing is kept. */
    ClaimedJob handing(Assigned assigned) {
        ClaimedJob job = HandedJob.of(assigned);
        Lease lease = assigned.lease();
        held.asMap()
                .computeIfPresent(
                        lease.jobId(),
                        (id, holding) -> holding.lease.equals(lease) ? new Holding(lease, job) : holding);
        return job;
    }

    /** What was handed out under a lease that is held; nothing if it is not in memory, or not known to be held. */
    Optional<ClaimedJob> under(Lease lease) {
        return Optional.ofNullable(held.getIfPresent(lease.jobId()))
                .filter(holding -> holding.lease.equals(lease))
                .map(Holding::job);
    }

    /** How many are in memory. */
    int count() {
        return held.asMap().size();
    }

    @Override
    public void leaseEnded(JobRow job) {
        held.invalidate(job.id());
    }

    @Override
    public void waiting(Waiting job) {
        // Nothing was handed out.
    }

    @Override
    public void ended(JobRow job) {
        // Told of its lease before, if it had one.
    }
}
