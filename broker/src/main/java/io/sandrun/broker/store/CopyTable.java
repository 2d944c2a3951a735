package io.sandrun.broker.store;

import io.sandrun.broker.store.JobTable.Handed;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.protocol.JobState;
import io.sandrun.protocol.Outcome;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verbs on copies of verified jobs. A transition that finds its guard unmet answers empty and changes nothing. */
public final class CopyTable {
    /**
     * Jobs of a class of which a claim looks at a copy, since some may be out of bounds for its node: some
     * milliseconds.
     */
    public static final int LOOKS_MAX = 1_000;

    private final StoreConnection connection;

    CopyTable(StoreConnection connection) {
        this.connection = connection;
    }

    /** Where a copy is or was: another one of the same job keeps away from all three. */
    public record Place(String nodeId, String owner, String address) {}

    /**
     * Who claims.
     *
     * @param classIds a JSON list of numbers: what its node can serve
     * @param anyAddress whether copies of one job may be at one address
     * @param clients a JSON list of those whose jobs it takes; null for everybody's
     */
    public record Claimant(
            Place place,
            String classIds,
            boolean anyAddress,
            @Nullable String clients) {}

    /**
     * What was drawn for a verified job, and whose answer it was given.
     *
     * @param basis why that one is believed, or empty
     * @param aloneSinceMs since when no node was there that may have its next copy; null if one is, or that is unknown
     */
    public record Verification(
            long lot,
            String basis,
            @Nullable Long aloneSinceMs,
            @Nullable Long acceptedSeq,
            @Nullable String acceptedId,
            @Nullable String acceptedDigest,
            @Nullable String acceptedWorker) {
        /** Whether one node was believed alone. As cache/find.sql says. */
        public boolean isWord() {
            return "word".equals(basis);
        }
    }

    /**
     * A verified job that has no decision.
     *
     * @param isStalled whether copies of it have ended, and no node has one
     */
    public record Undecided(
            long seq, long classId, String client, @Nullable Long aloneSinceMs, boolean isStalled) {}

    /** How a verified job ends. */
    public record Ending(
            Outcome outcome, String reason, @Nullable String nodeId, int attempt) {}

    /** Whether more copies than that wait for a node. */
    public boolean arePending(int skip) {
        return connection.statement("copy.are_pending").bind("skip", skip).one(Row::firstWhole) == 1;
    }

    /**
     * The best copy that the node may have, of some that stand in line.
     *
     * @param skip copies that are passed over, from the front
     */
    public Optional<Long> fitting(Claimant claimant, int skip) {
        return connection
                .statement("copy.fitting")
                .bind("classIds", claimant.classIds)
                .bind("nodeId", claimant.place.nodeId)
                .bind("owner", claimant.place.owner)
                .bind("address", claimant.place.address)
                .bind("anyAddress", claimant.anyAddress ? 1 : 0)
                .bind("clients", claimant.clients)
                .bind("looks", LOOKS_MAX)
                .bind("skip", skip)
                .first(Row::firstWhole);
    }

    /** PENDING to ASSIGNED: this copy, or another job that the node can serve and that stands before it. */
    public Optional<Handed> assign(long copySeq, Claimant claimant, String leaseId, long allowanceMs, long nowMs) {
        return connection
                .statement("copy.assign")
                .bind("copySeq", copySeq)
                .bind("classIds", claimant.classIds)
                .bind("nodeId", claimant.place.nodeId)
                .bind("leaseId", leaseId)
                .bind("allowanceMs", allowanceMs)
                .bind("nowMs", nowMs)
                .first(JobTable::handed);
    }

    /** Notes to whom a copy was handed. */
    public void handedOut(JobRow copy, long jobSeq, String worker, Place place) {
        connection
                .statement("copy.take")
                .bind("copySeq", copy.seq())
                .bind("worker", worker)
                .run();
        connection
                .statement("copy.place")
                .bind("jobSeq", jobSeq)
                .bind("copySeq", copy.seq())
                .bind("nodeId", place.nodeId)
                .bind("owner", place.owner)
                .bind("address", place.address)
                .run();
    }

    /** How many copies a node holds. */
    public int countHeld(String nodeId) {
        return connection
                .statement("copy.count_held")
                .bind("nodeId", nodeId)
                .one(Row::firstWhole)
                .intValue();
    }

    /** Notes what was drawn for a new verified job. */
    public void open(long jobSeq, long lot) {
        connection
                .statement("copy.open_verification")
                .bind("jobSeq", jobSeq)
                .bind("lot", lot)
                .run();
    }

    public Optional<Verification> verification(long jobSeq) {
        return connection
                .statement("copy.verification")
                .bind("jobSeq", jobSeq)
                .first(row -> new Verification(
                        row.whole("lot"),
                        row.text("basis"),
                        row.wholeOrNull("alone_since_ms"),
                        row.wholeOrNull("accepted_seq"),
                        row.textOrNull("accepted_id"),
                        row.textOrNull("accepted_digest"),
                        row.textOrNull("accepted_worker")));
    }

    /**
     * One more copy of a job that waits for a decision; or a check, of one that has it.
     *
     * @param dueAtMs before this it is not handed out; null for at once
     */
    public Optional<Waiting> insert(long jobSeq, String id, boolean isCheck, @Nullable Long dueAtMs, long nowMs) {
        Optional<Waiting> copy = connection
                .statement("copy.insert")
                .bind("jobSeq", jobSeq)
                .bind("id", id)
                .bind("isCheck", isCheck ? 1 : 0)
                .bind("dueAtMs", dueAtMs)
                .bind("nowMs", nowMs)
                .first(JobTable::waiting);
        copy.ifPresent(written -> connection
                .statement("copy.note")
                .bind("id", written.jobId())
                .bind("isCheck", isCheck ? 1 : 0)
                .run());
        return copy;
    }

    /**
     * To whom a job belongs.
     *
     * @param original the job whose copy it is; null for one that is none
     */
    public record Whose(String client, @Nullable String original) {}

    /** Empty if it is not remembered. */
    public Optional<Whose> whose(String jobId) {
        return connection
                .statement("copy.whose")
                .bind("id", jobId)
                .first(row -> new Whose(row.text("client"), row.textOrNull("original")));
    }

    /** Whether it may be told what a job answered: of a copy, when its job is decided. */
    public boolean isShown(JobRow job) {
        Long jobSeq = job.copyOf();
        return jobSeq == null
                || new JobTable(connection)
                        .find(jobSeq)
                        .filter(original -> original.state().isFinal())
                        .isPresent();
    }

    /** The copies of a job that are or were with a node or wait for one, in the order in which they were made. */
    public List<CopyRow> ofJob(long jobSeq) {
        return connection.statement("copy.of_job").bind("jobSeq", jobSeq).list(CopyTable::copy);
    }

    /** Where copies of a job are or ended. */
    public List<Place> places(long jobSeq) {
        return connection.statement("copy.places_of_job").bind("jobSeq", jobSeq).list(CopyTable::place);
    }

    /**
     * Lets other copies go where a lost one was, also where it was given back before; false if they could already.
     */
    public boolean freePlace(long jobSeq, long copySeq) {
        return connection
                        .statement("copy.free_place")
                        .bind("jobSeq", jobSeq)
                        .bind("copySeq", copySeq)
                        .run()
                > 0;
    }

    /** Notes since when no node is there that may have a job's next copy; null if one is. */
    public void alone(long jobSeq, @Nullable Long sinceMs) {
        connection
                .statement("copy.leave_alone")
                .bind("jobSeq", jobSeq)
                .bind("sinceMs", sinceMs)
                .run();
    }

    /** Notes what a copy answered. */
    public void answered(long copySeq, String digest) {
        connection
                .statement("copy.answer")
                .bind("copySeq", copySeq)
                .bind("digest", digest)
                .run();
    }

    /** Notes the verdict on a copy; false if there is one already. */
    public boolean judge(long copySeq, String verdict) {
        return connection
                        .statement("copy.judge")
                        .bind("copySeq", copySeq)
                        .bind("verdict", verdict)
                        .run()
                == 1;
    }

    /** PENDING to the outcome's final state, for a verified job. */
    public Optional<JobRow> decide(long jobSeq, Ending ending, long nowMs) {
        return connection
                .statement("copy.decide")
                .bind("jobSeq", jobSeq)
                .bind("state", ending.outcome.finalState().wire())
                .bind("outcome", ending.outcome.wire())
                .bind("reason", ending.reason)
                .bind("nodeId", ending.nodeId)
                .bind("attempt", ending.attempt)
                .bind("nowMs", nowMs)
                .first(JobTable::row);
    }

    /** Gives a job the answer of one of its copies. */
    public void accept(long jobSeq, long copySeq, String basis) {
        connection
                .statement("copy.accept")
                .bind("jobSeq", jobSeq)
                .bind("copySeq", copySeq)
                .bind("basis", basis)
                .run();
        new CacheTable(connection).copyResult(copySeq, jobSeq);
        connection
                .statement("copy.copy_voucher")
                .bind("seq", jobSeq)
                .bind("sourceSeq", copySeq)
                .run();
    }

    /** PENDING to CANCELLED, for all copies of a job that no node has. */
    public List<JobRow> withdrawPending(long jobSeq, String reason, long nowMs) {
        return connection
                .statement("copy.withdraw_pending")
                .bind("jobSeq", jobSeq)
                .bind("reason", reason)
                .bind("nowMs", nowMs)
                .list(JobTable::row);
    }

    /** Notes on the copies of a job that nodes have that nobody needs them. */
    public List<JobRow> withdrawLeased(long jobSeq) {
        return connection
                .statement("copy.withdraw_leased")
                .bind("jobSeq", jobSeq)
                .list(JobTable::row);
    }

    /** The verified jobs that have no decision, or copies without a verdict. */
    public List<Long> undecided() {
        return connection.statement("copy.undecided").list(Row::firstWhole);
    }

    /** The next verified jobs without a decision behind one of them, in the order of submission. */
    public List<Undecided> undecidedAfter(long seq, int limit) {
        return connection
                .statement("copy.walk_undecided")
                .bind("afterSeq", seq)
                .bind("limit", limit)
                .list(row -> new Undecided(
                        row.whole("seq"),
                        row.whole("class_id"),
                        row.text("client"),
                        row.wholeOrNull("alone_since_ms"),
                        row.flag("is_stalled")));
    }

    /** Jobs that were decided before a time and that a copy still outlives. */
    public List<Long> overstayed(long endedBeforeMs, int limit) {
        return connection
                .statement("copy.overstayed")
                .bind("endedBeforeMs", endedBeforeMs)
                .bind("limit", limit)
                .list(Row::firstWhole);
    }

    private static Place place(Row row) throws SQLException {
        return new Place(row.text("node_id"), row.text("owner"), row.text("address"));
    }

    private static CopyRow copy(Row row) throws SQLException {
        return new CopyRow(
                row.whole("seq"),
                row.text("id"),
                row.whole("class_id"),
                JobState.ofWire(row.text("state")),
                row.count("attempt"),
                row.textOrNull("node_id"),
                row.outcomeOrNull("outcome"),
                row.text("reason"),
                row.flag("is_check"),
                row.textOrNull("worker"),
                row.textOrNull("digest"),
                row.textOrNull("verdict"),
                row.textOrNull("owner") == null ? null : place(row));
    }
}
