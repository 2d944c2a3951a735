package io.sandrun.broker.store;

import io.sandrun.protocol.Outcome;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Verbs on attempts: one for each lease that was ever handed out. */
public final class AttemptTable {
    private final Handle handle;

    AttemptTable(Handle handle) {
        this.handle = handle;
    }

    public void open(JobRow job, Lease lease, long nowMs) {
        handle.createUpdate(Statements.named("attempt.open"))
                .bind("seq", job.seq())
                .bind("number", job.attempt())
                .bind("leaseId", lease.leaseId())
                .bind("nodeId", lease.nodeId())
                .bind("nowMs", nowMs)
                .execute();
    }

    public void start(Lease lease, long nowMs) {
        handle.createUpdate(Statements.named("attempt.start"))
                .bind("leaseId", lease.leaseId())
                .bind("nowMs", nowMs)
                .execute();
    }

    /** @param outcome how it ended, or null if the lease was given back */
    public void close(Lease lease, @Nullable Outcome outcome, String reason, long nowMs) {
        handle.createUpdate(Statements.named("attempt.close"))
                .bind("leaseId", lease.leaseId())
                .bind("outcome", outcome == null ? null : outcome.wire())
                .bind("reason", reason)
                .bind("nowMs", nowMs)
                .execute();
    }

    /** Whether the holder's own report on this lease was recorded earlier. */
    public boolean wasReported(Lease lease) {
        return lease.bound(handle.createQuery(Statements.named("attempt.was_reported")))
                        .mapTo(Integer.class)
                        .one()
                == 1;
    }

    /** The latest lease that a node had on a job, ended or not. */
    public Optional<String> lastLeaseOf(String jobId, String nodeId) {
        return handle.createQuery(Statements.named("attempt.last_lease_of"))
                .bind("id", jobId)
                .bind("nodeId", nodeId)
                .mapTo(String.class)
                .findOne();
    }
}
