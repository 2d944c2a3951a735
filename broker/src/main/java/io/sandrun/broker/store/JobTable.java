package io.sandrun.broker.store;

import io.sandrun.broker.reputation.Terms;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Verbs on jobs. A transition that finds its guard unmet answers empty or false and changes nothing. */
public final class JobTable {
    private final StoreConnection connection;

    JobTable(StoreConnection connection) {
        this.connection = connection;
    }

    /**
     * What is written of a new job.
     *
     * @param spec its {@link io.sandrun.protocol.JobSpec} as JSON
     * @param cacheKey names what it computes, or null if its result may not be used again
     * @param inputs artifacts that it begins with, which whoever writes it holds
     * @param verify how its answer is to be verified, or null
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
            @Nullable String cacheKey,
            List<JobFiles.Input> inputs,
            @Nullable Terms verify) {
        /** Only a project begins with files. */
        public boolean isProject() {
            return !inputs.isEmpty();
        }
    }

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

    /** A job that waits, the class in which it does so, and whose it is. */
    public record Waiting(String jobId, long classId, String client) {}

    /**
     * Answers its place in the order of submission.
     *
     * @param turnNow where the line of its priority stands by what was handed out lately; null if that is not known
     */
    public long insert(NewJob job, long classId, @Nullable Long turnNow) {
        Terms verify = job.verify;
        long seq = connection
                .statement("job.insert")
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
                // A verified job waits for its copies, which wait for their time.
                .bind("dueAtMs", verify == null ? job.schedule.dueAtMs : null)
                .bind("cacheKey", job.cacheKey)
                .bind("isProject", job.isProject() ? 1 : 0)
                .bind("replicas", verify == null ? null : verify.replicas())
                .bind("quorum", verify == null ? null : verify.quorum())
                .one(Row::firstWhole);
        insertSpec(seq, job);
        return seq;
    }

    /** Also what it begins with. */
    void insertSpec(long seq, NewJob job) {
        connection
                .statement("job.insert_spec")
                .bind("seq", seq)
                .bind("spec", job.spec)
                .run();
        new ArtifactTable(connection).refer(seq, job.inputs);
    }

    public Optional<JobRow> find(String id) {
        return connection.statement("job.find").bind("id", id).first(JobTable::row);
    }

    /** A job by its place in the order of submission. */
    public Optional<JobRow> find(long seq) {
        return connection.statement("job.find_by_seq").bind("seq", seq).first(JobTable::row);
    }

    /** Whose a job is. */
    public Optional<String> client(String id) {
        return connection.statement("job.client").bind("id", id).first(Row::firstText);
    }

    public Optional<JobRow> findLeased(Lease lease) {
        return lease.bound(connection.statement("job.find_leased")).first(JobTable::row);
    }

    /**
     * What the holder of a lease was given.
     *
     * @param spec as in {@link NewJob}
     * @param originalId the verified job of which it is a copy, or null
     */
    public record Held(int attempt, String spec, @Nullable String originalId, long originalSubmittedAtMs) {}

    /** Empty if the lease was taken away. */
    public Optional<Held> held(Lease lease) {
        return lease.bound(connection.statement("job.held"))
                .first(row -> new Held(
                        row.count("attempt"),
                        row.text("spec"),
                        row.textOrNull("original_id"),
                        row.whole("original_created_at_ms")));
    }

    public String spec(long seq) {
        return connection.statement("job.spec").bind("seq", seq).one(Row::firstText);
    }

    /**
     * PENDING to ASSIGNED: the best job of the given classes.
     *
     * @param classIds a JSON list of numbers
     * @param allowanceMs how long beyond its time limit the job may be held
     */
    public Optional<Handed> assign(String classIds, String nodeId, String leaseId, long allowanceMs, long nowMs) {
        return connection
                .statement("job.assign")
                .bind("classIds", classIds)
                .bind("nodeId", nodeId)
                .bind("leaseId", leaseId)
                .bind("allowanceMs", allowanceMs)
                .bind("nowMs", nowMs)
                .first(JobTable::handed);
    }

    /** ASSIGNED to RUNNING. */
    public boolean start(Lease lease) {
        return lease.bound(connection.statement("job.start")).run() == 1;
    }

    /** ASSIGNED or RUNNING to the outcome's final state. */
    public Optional<JobRow> endLeased(Lease lease, Outcome outcome, String reason, long nowMs) {
        return lease.bound(connection.statement("job.end_leased"))
                .bind("state", outcome.finalState().wire())
                .bind("outcome", outcome.wire())
                .bind("reason", reason)
                .bind("fault", outcome.isNodeFault() ? 1 : 0)
                .bind("nowMs", nowMs)
                .first(JobTable::row);
    }

    /**
     * ASSIGNED or RUNNING back to PENDING.
     *
     * @param isFault whether this attempt counts against MAX_RETRIES
     * @param avoidUntilMs until when the lease's node should not get it again, or null
     */
    public Optional<JobRow> requeue(Lease lease, boolean isFault, @Nullable Long avoidUntilMs, String reason) {
        return lease.bound(connection.statement("job.requeue"))
                .bind("fault", isFault ? 1 : 0)
                .bind("avoidNodeId", avoidUntilMs == null ? null : lease.nodeId())
                .bind("avoidUntilMs", avoidUntilMs)
                .bind("reason", reason)
                .first(JobTable::row);
    }

    /** ASSIGNED or RUNNING back to PENDING because the program failed and shall be tried again. */
    public Optional<JobRow> retry(Lease lease, String reason, @Nullable Long dueAtMs) {
        return lease.bound(connection.statement("job.retry"))
                .bind("reason", reason)
                .bind("dueAtMs", dueAtMs)
                .first(JobTable::row);
    }

    /** Lets jobs be handed out whose time has come, at most {@code limit}. */
    public List<Due> due(long nowMs, int limit) {
        return connection
                .statement("job.due")
                .bind("nowMs", nowMs)
                .bind("limit", limit)
                .list(row -> new Due(row.whole("seq"), row.count("priority")));
    }

    /**
     * Puts a job in line whose time has come.
     *
     * @param turnNow as for {@link #insert}
     */
    public Optional<Waiting> releaseDue(Due job, @Nullable Long turnNow) {
        return connection
                .statement("job.release_due")
                .bind("seq", job.seq)
                .bind("turnNow", turnNow)
                .first(JobTable::waiting);
    }

    /** The nearest time at which a job becomes due, in milliseconds since 1970. */
    public OptionalLong nextDueMs() {
        return connection.statement("job.next_due").one(row -> {
            Long dueAtMs = row.wholeOrNull("next_due_at_ms");
            return dueAtMs == null ? OptionalLong.empty() : OptionalLong.of(dueAtMs);
        });
    }

    /** PENDING to CANCELLED. */
    public Optional<JobRow> cancelPending(String id, String reason, long nowMs) {
        return connection
                .statement("job.cancel_pending")
                .bind("id", id)
                .bind("reason", reason)
                .bind("nowMs", nowMs)
                .first(JobTable::row);
    }

    /** Notes on a leased job that someone wants its end. */
    public Optional<JobRow> requestCancel(String id) {
        return connection.statement("job.request_cancel").bind("id", id).first(JobTable::row);
    }

    public List<LeaseRow> leasesOfNode(String nodeId) {
        return connection.statement("job.leases_of_node").bind("nodeId", nodeId).list(JobTable::lease);
    }

    /** The ids of the nodes that hold anything. */
    public List<String> holders() {
        return connection.statement("job.holders").list(Row::firstText);
    }

    public List<LeaseRow> overdueLeases(long nowMs, int limit) {
        return connection
                .statement("job.overdue_leases")
                .bind("nowMs", nowMs)
                .bind("limit", limit)
                .list(JobTable::lease);
    }

    /** The lease under which a node holds a job now. */
    public Optional<String> leaseOf(String id, String nodeId) {
        return connection
                .statement("job.lease_of")
                .bind("id", id)
                .bind("nodeId", nodeId)
                .first(Row::firstText);
    }

    /** How many pending jobs come before this one, counted no further than {@code limit}. */
    public int ahead(JobRow job, int limit) {
        return connection
                .statement("job.ahead")
                .bind("priority", job.priority())
                .bind("seq", job.seq())
                .bind("limit", limit)
                .one(Row::firstWhole)
                .intValue();
    }

    public long count() {
        return connection.statement("job.count").one(Row::firstWhole);
    }

    /** By the ids of requirement classes; one for which nobody waits is absent. */
    public Map<Long, Long> countPending() {
        Map<Long, Long> pending = new HashMap<>();
        connection
                .statement("job.count_pending")
                .list(row -> Map.entry(row.whole("class_id"), row.whole("pending")))
                .forEach(entry -> pending.put(entry.getKey(), entry.getValue()));
        return pending;
    }

    public long countLeased() {
        return connection.statement("job.count_leased").one(Row::firstWhole);
    }

    /** How many jobs a node holds. */
    public int countHeld(String nodeId) {
        return connection
                .statement("job.count_held")
                .bind("nodeId", nodeId)
                .one(Row::firstWhole)
                .intValue();
    }

    /** Leases per node id; a node without one is absent. */
    public Map<String, Integer> countLeasedByNode() {
        Map<String, Integer> leases = new HashMap<>();
        connection
                .statement("job.count_leased_by_node")
                .list(row -> Map.entry(row.text("node_id"), row.count("leases")))
                .forEach(entry -> leases.put(entry.getKey(), entry.getValue()));
        return leases;
    }

    static Handed handed(Row row) throws SQLException {
        return new Handed(row(row), row.whole("turn"));
    }

    static Waiting waiting(Row row) throws SQLException {
        return new Waiting(row.text("id"), row.whole("class_id"), row.text("client"));
    }

    private static LeaseRow lease(Row row) throws SQLException {
        return new LeaseRow(
                row.text("lease_id"),
                row.text("job_id"),
                row.text("node_id"),
                JobState.ofWire(row.text("state")),
                row.flag("cancel_requested"),
                row.whole("assigned_at_ms"));
    }

    private static @Nullable Terms verify(Row row) throws SQLException {
        Integer replicas = row.countOrNull("replicas");
        return replicas == null ? null : new Terms(replicas, row.count("quorum"));
    }

    static JobRow row(Row row) throws SQLException {
        return new JobRow(
                row.whole("seq"),
                row.text("id"),
                row.whole("class_id"),
                row.count("priority"),
                row.text("client"),
                JobState.ofWire(row.text("state")),
                row.count("attempt"),
                row.count("faults"),
                row.textOrNull("lease_id"),
                row.textOrNull("node_id"),
                row.flag("cancel_requested"),
                row.text("interpreter"),
                row.text("code_sha256"),
                row.whole("created_at_ms"),
                row.wholeOrNull("due_at_ms"),
                row.wholeOrNull("ended_at_ms"),
                row.outcomeOrNull("outcome"),
                row.text("reason"),
                new JobRow.Retries(row.count("retries"), row.count("retried"), row.whole("retry_backoff_ms")),
                row.textOrNull("cached_from"),
                row.flag("is_project"),
                verify(row),
                row.wholeOrNull("copy_of"));
    }
}
