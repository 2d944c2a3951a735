package io.sandrun.broker.store;

import io.sandrun.broker.store.AttemptRow.Phases;
import io.sandrun.protocol.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
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
        close(lease, outcome, reason, Phases.UNKNOWN, nowMs);
    }

    /** Likewise with what the node says of where the time went. */
    public void close(Lease lease, @Nullable Outcome outcome, String reason, Phases phases, long nowMs) {
        handle.createUpdate(Statements.named("attempt.close"))
                .bind("leaseId", lease.leaseId())
                .bind("outcome", outcome == null ? null : outcome.wire())
                .bind("reason", reason)
                .bind("preparedAfterMs", phases.preparedAfterMs())
                .bind("startedAfterMs", phases.startedAfterMs())
                .bind("endedAfterMs", phases.endedAfterMs())
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

    /** The attempts at a job, in their order. */
    public List<AttemptRow> ofJob(long jobSeq) {
        return handle.createQuery(Statements.named("attempt.of_job"))
                .bind("seq", jobSeq)
                .map((row, context) -> row(row))
                .list();
    }

    private static AttemptRow row(ResultSet row) throws SQLException {
        String outcome = row.getString("outcome");
        return new AttemptRow(
                row.getInt("number"),
                row.getLong("assigned_at_ms"),
                longOrNull(row, "started_at_ms"),
                longOrNull(row, "ended_at_ms"),
                new Phases(
                        longOrNull(row, "prepared_after_ms"),
                        longOrNull(row, "started_after_ms"),
                        longOrNull(row, "ended_after_ms")),
                outcome == null ? null : Outcome.ofWire(outcome));
    }

    private static @Nullable Long longOrNull(ResultSet row, String column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
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
