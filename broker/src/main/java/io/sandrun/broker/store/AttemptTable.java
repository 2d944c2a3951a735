package io.sandrun.broker.store;

import io.sandrun.broker.store.AttemptRow.Phases;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.PhasesMs;
import io.sandrun.protocol.Start;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verbs on attempts: one for each lease that was ever handed out. */
public final class AttemptTable {
    private final StoreConnection connection;

    AttemptTable(StoreConnection connection) {
        this.connection = connection;
    }

    public void open(JobRow job, Lease lease, long nowMs) {
        connection
                .statement("attempt.open")
                .bind("seq", job.seq())
                .bind("number", job.attempt())
                .bind("leaseId", lease.leaseId())
                .bind("nodeId", lease.nodeId())
                .bind("nowMs", nowMs)
                .run();
    }

    public void start(Lease lease, long nowMs) {
        connection
                .statement("attempt.start")
                .bind("leaseId", lease.leaseId())
                .bind("nowMs", nowMs)
                .run();
    }

    /** @param outcome how it ended, or null if the lease was given back */
    public void close(Lease lease, @Nullable Outcome outcome, String reason, long nowMs) {
        close(lease, outcome, reason, Phases.UNKNOWN, nowMs);
    }

    /** Likewise with what the node says of where the time went. */
    public void close(Lease lease, @Nullable Outcome outcome, String reason, Phases phases, long nowMs) {
        Start start = phases.start();
        PhasesMs lengths = phases.lengths();
        connection
                .statement("attempt.close")
                .bind("leaseId", lease.leaseId())
                .bind("outcome", outcome == null ? null : outcome.wire())
                .bind("reason", reason)
                .bind("preparedAfterMs", phases.preparedAfterMs())
                .bind("startedAfterMs", phases.startedAfterMs())
                .bind("endedAfterMs", phases.endedAfterMs())
                .bind("start", start == null ? null : start.wire())
                .bind("prepareUs", lengths == null ? null : lengths.prepareMicros())
                .bind("startUs", lengths == null ? null : lengths.startMicros())
                .bind("runUs", lengths == null ? null : lengths.runMicros())
                .bind("nowMs", nowMs)
                .run();
    }

    /** Whether the holder's own report on this lease was recorded earlier. */
    public boolean wasReported(Lease lease) {
        return lease.bound(connection.statement("attempt.was_reported")).one(Row::firstWhole) == 1;
    }

    /** The attempts at a job, in their order. */
    public List<AttemptRow> ofJob(long jobSeq) {
        return connection.statement("attempt.of_job").bind("seq", jobSeq).list(AttemptTable::row);
    }

    private static AttemptRow row(Row row) throws SQLException {
        return new AttemptRow(
                row.count("number"),
                row.text("node_id"),
                row.whole("assigned_at_ms"),
                row.wholeOrNull("started_at_ms"),
                row.wholeOrNull("ended_at_ms"),
                new Phases(
                        row.wholeOrNull("prepared_after_ms"),
                        row.wholeOrNull("started_after_ms"),
                        row.wholeOrNull("ended_after_ms"),
                        start(row),
                        lengths(row)),
                row.outcomeOrNull("outcome"),
                row.text("reason"));
    }

    /** How the attempt went whose result the job has: of a verified job, that of a copy. */
    public Optional<Phases> ofResult(long jobSeq) {
        return connection
                .statement("attempt.of_result")
                .bind("seq", jobSeq)
                .first(row -> new Phases(null, null, null, start(row), lengths(row)));
    }

    private static @Nullable Start start(Row row) throws SQLException {
        String start = row.textOrNull("start");
        return start == null ? null : Start.ofWire(start);
    }

    private static @Nullable PhasesMs lengths(Row row) throws SQLException {
        Long run = row.wholeOrNull("run_us");
        return run == null ? null : PhasesMs.ofMicros(row.whole("prepare_us"), row.whole("start_us"), run);
    }

    /** The latest lease that a node had on a job, ended or not. */
    public Optional<String> lastLeaseOf(String jobId, String nodeId) {
        return connection
                .statement("attempt.last_lease_of")
                .bind("id", jobId)
                .bind("nodeId", nodeId)
                .first(Row::firstText);
    }
}
