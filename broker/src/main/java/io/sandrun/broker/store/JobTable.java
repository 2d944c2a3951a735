package io.sandrun.broker.store;

import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Verbs on jobs. A transition that finds its guard unmet answers empty or false and changes nothing. */
public final class JobTable {
    private final Handle handle;

    JobTable(Handle handle) {
        this.handle = handle;
    }

    /**
     * What is written of a new job.
     *
     * @param spec its {@link io.sandrun.protocol.JobSpec} as JSON
     * @param cacheKey names what it computes, or null if its result may not be used again
     */
    public record NewJob(
            String id,
            String client,
            String interpreter,
            String codeSha256,
            String spec,
            long timeoutMs,
            long createdAtMs,
            Schedule schedule,
            @Nullable String cacheKey) {}

    /**
     * When a job runs, and how often.
     *
     * @param retries further attempts after ones that the program itself failed
     * @param dueAtMs before this it is not handed out; null for at once
     */
    public record Schedule(
            int priority,
            int retries,
            long retryBackoffMs,
            @Nullable Long dueAtMs) {
        public static final Schedule AT_ONCE = new Schedule(0, 0, 0, null);
    }

    /** A job that was handed to a node, and its place among the clients' lines. */
    public record Handed(JobRow job, long turn) {}

    /** A job whose time has come. */
    public record Due(long seq, int priority) {}

    /** A job that waits, and the class in which it does so. */
    public record Waiting(String jobId, long classId) {}

    /**
     * Answers its place in the order of submission.
     *
     * @param turnNow where the line of its priority stands by what was handed out lately; null if that is not known
     */
    public long insert(NewJob job, long classId, @Nullable Long turnNow) {
        long seq = query("job.insert")
                .bind("id", job.id)
                .bind("classId", classId)
                .bind("priority", job.schedule.priority)
                .bind("client", job.client)
                .bind("turnNow", turnNow)
                .bind("interpreter", job.interpreter)
                .bind("codeSha256", job.codeSha256)
                .bind("timeoutMs", job.timeoutMs)
                .bind("createdAtMs", job.createdAtMs)
                .bind("retries", job.schedule.retries)
                .bind("retryBackoffMs", job.schedule.retryBackoffMs)
                .bind("dueAtMs", job.schedule.dueAtMs)
                .bind("cacheKey", job.cacheKey)
                .mapTo(Long.class)
                .one();
        insertSpec(seq, job);
        return seq;
    }

    void insertSpec(long seq, NewJob job) {
        update("job.insert_spec").bind("seq", seq).bind("spec", job.spec).execute();
    }

    public Optional<JobRow> find(String id) {
        return query("job.find").bind("id", id).map(JobTable::row).findOne();
    }

    public Optional<JobRow> findLeased(Lease lease) {
        return lease.bound(query("job.find_leased")).map(JobTable::row).findOne();
    }

    public String spec(long seq) {
        return query("job.spec").bind("seq", seq).mapTo(String.class).one();
    }

    /**
     * PENDING to ASSIGNED: the best job of the given classes.
     *
     * @param classIds a JSON list of numbers
     * @param allowanceMs how long beyond its time limit the job may be held
     */
    public Optional<Handed> assign(String classIds, String nodeId, String leaseId, long allowanceMs, long nowMs) {
        return query("job.assign")
                .bind("classIds", classIds)
                .bind("nodeId", nodeId)
                .bind("leaseId", leaseId)
                .bind("allowanceMs", allowanceMs)
                .bind("nowMs", nowMs)
                .map((row, context) -> new Handed(row(row, context), row.getLong("turn")))
                .findOne();
    }

    /** ASSIGNED to RUNNING. */
    public boolean start(Lease lease) {
        return lease.bound(update("job.start")).execute() == 1;
    }

    /** ASSIGNED or RUNNING to the outcome's final state. */
    public Optional<JobRow> endLeased(Lease lease, Outcome outcome, String reason, long nowMs) {
        return lease.bound(query("job.end_leased"))
                .bind("state", outcome.finalState().wire())
                .bind("outcome", outcome.wire())
                .bind("reason", reason)
                .bind("fault", outcome.isNodeFault() ? 1 : 0)
                .bind("nowMs", nowMs)
                .map(JobTable::row)
                .findOne();
    }

    /**
     * ASSIGNED or RUNNING back to PENDING.
     *
     * @param isFault whether this attempt counts against MAX_RETRIES
     * @param avoidNodeId the node that should not get it again, or null
     */
    public Optional<JobRow> requeue(Lease lease, boolean isFault, @Nullable String avoidNodeId, String reason) {
        return lease.bound(query("job.requeue"))
                .bind("fault", isFault ? 1 : 0)
                .bind("avoidNodeId", avoidNodeId)
                .bind("reason", reason)
                .map(JobTable::row)
                .findOne();
    }

    /** ASSIGNED or RUNNING back to PENDING because the program failed and shall be tried again. */
    public Optional<JobRow> retry(Lease lease, String reason, @Nullable Long dueAtMs) {
        return lease.bound(query("job.retry"))
                .bind("reason", reason)
                .bind("dueAtMs", dueAtMs)
                .map(JobTable::row)
                .findOne();
    }

    /** Lets jobs be handed out whose time has come, at most {@code limit}. */
    public List<Due> due(long nowMs, int limit) {
        return query("job.due")
                .bind("nowMs", nowMs)
                .bind("limit", limit)
                .map((row, context) -> new Due(row.getLong("seq"), row.getInt("priority")))
                .list();
    }

    /**
     * Puts a job in line whose time has come.
     *
     * @param turnNow as for {@link #insert}
     */
    public Optional<Waiting> releaseDue(Due job, @Nullable Long turnNow) {
        return query("job.release_due")
                .bind("seq", job.seq)
                .bind("turnNow", turnNow)
                .map(JobTable::waiting)
                .findOne();
    }

    /** The nearest time at which a job becomes due, in milliseconds since 1970. */
    public OptionalLong nextDueMs() {
        return query("job.next_due")
                .map((row, context) -> {
                    long dueAtMs = row.getLong(1);
                    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(dueAtMs);
                })
                .one();
    }

    /** PENDING to CANCELLED. */
    public Optional<JobRow> cancelPending(String id, String reason, long nowMs) {
        return query("job.cancel_pending")
                .bind("id", id)
                .bind("reason", reason)
                .bind("nowMs", nowMs)
                .map(JobTable::row)
                .findOne();
    }

    /** Notes on a leased job that someone wants its end. */
    public Optional<JobRow> requestCancel(String id) {
        return query("job.request_cancel").bind("id", id).map(JobTable::row).findOne();
    }

    /** Lets every pending job go to any node again. */
    public List<Waiting> stopAvoiding() {
        return query("job.stop_avoiding").map(JobTable::waiting).list();
    }

    public List<LeaseRow> leasesOfNode(String nodeId) {
        return query("job.leases_of_node")
                .bind("nodeId", nodeId)
                .map((row, context) -> lease(row))
                .list();
    }

    /** The ids of the nodes that hold anything. */
    public List<String> holders() {
        return query("job.holders").mapTo(String.class).list();
    }

    public List<LeaseRow> overdueLeases(long nowMs, int limit) {
        return query("job.overdue_leases")
                .bind("nowMs", nowMs)
                .bind("limit", limit)
                .map((row, context) -> lease(row))
                .list();
    }

    /** The lease under which a node holds a job now. */
    public Optional<String> leaseOf(String id, String nodeId) {
        return query("job.lease_of")
                .bind("id", id)
                .bind("nodeId", nodeId)
                .mapTo(String.class)
                .findOne();
    }

    /** How many pending jobs come before this one, counted no further than {@code limit}. */
    public int ahead(JobRow job, int limit) {
        return query("job.ahead")
                .bind("priority", job.priority())
                .bind("seq", job.seq())
                .bind("limit", limit)
                .mapTo(Integer.class)
                .one();
    }

    public long countPending() {
        return query("job.count_pending").mapTo(Long.class).one();
    }

    public long countLeased() {
        return query("job.count_leased").mapTo(Long.class).one();
    }

    /** Leases per node id; a node without one is absent. */
    public Map<String, Integer> countLeasedByNode() {
        Map<String, Integer> leases = new HashMap<>();
        query("job.count_leased_by_node")
                .map((row, context) -> Map.entry(row.getString("node_id"), row.getInt("leases")))
                .forEach(entry -> leases.put(entry.getKey(), entry.getValue()));
        return leases;
    }

    /** Forgets jobs that ended before the given time, at most {@code limit}; answers their ids. */
    public List<String> deleteEnded(long endedBeforeMs, int limit) {
        return query("job.delete_ended")
                .bind("endedBeforeMs", endedBeforeMs)
                .bind("limit", limit)
                .mapTo(String.class)
                .list();
    }

    private Query query(String name) {
        return handle.createQuery(Statements.named(name));
    }

    private Update update(String name) {
        return handle.createUpdate(Statements.named(name));
    }

    private static Waiting waiting(ResultSet row, @Nullable Object context) throws SQLException {
        return new Waiting(row.getString("id"), row.getLong("class_id"));
    }

    private static LeaseRow lease(ResultSet row) throws SQLException {
        return new LeaseRow(
                row.getString("lease_id"),
                row.getString("job_id"),
                row.getString("node_id"),
                JobState.ofWire(row.getString("state")),
                row.getBoolean("cancel_requested"),
                row.getLong("assigned_at_ms"));
    }

    static JobRow row(ResultSet row, @Nullable Object context) throws SQLException {
        long dueAtMs = row.getLong("due_at_ms");
        boolean isDelayed = !row.wasNull();
        long endedAtMs = row.getLong("ended_at_ms");
        boolean ended = !row.wasNull();
        String outcome = row.getString("outcome");
        return new JobRow(
                row.getLong("seq"),
                row.getString("id"),
                row.getLong("class_id"),
                row.getInt("priority"),
                JobState.ofWire(row.getString("state")),
                row.getInt("attempt"),
                row.getInt("faults"),
                row.getString("lease_id"),
                row.getString("node_id"),
                row.getBoolean("cancel_requested"),
                row.getString("interpreter"),
                row.getString("code_sha256"),
                row.getLong("created_at_ms"),
                isDelayed ? dueAtMs : null,
                ended ? endedAtMs : null,
                outcome == null ? null : Outcome.ofWire(outcome),
                row.getString("reason"),
                new JobRow.Retries(row.getInt("retries"), row.getInt("retried"), row.getLong("retry_backoff_ms")),
                row.getString("cached_from"));
    }
}
