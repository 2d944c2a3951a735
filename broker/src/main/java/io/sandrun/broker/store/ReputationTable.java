package io.sandrun.broker.store;

import io.sandrun.broker.reputation.Reputation;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Verbs on what nodes have shown themselves to be worth. */
public final class ReputationTable {
    private final StoreConnection connection;

    ReputationTable(StoreConnection connection) {
        this.connection = connection;
    }

    /**
     * A node as its answers know it.
     *
     * @param worker its key, or its id if it has none
     * @param owner of its last answer, like {@code address}
     */
    public record Known(String worker, String owner, String address, Reputation reputation) {
        public Known with(Reputation other) {
            return new Known(worker, owner, address, other);
        }
    }

    public List<Known> all() {
        return connection.statement("reputation.all").list(ReputationTable::known);
    }

    public Optional<Known> find(String worker) {
        return connection.statement("reputation.find").bind("worker", worker).first(ReputationTable::known);
    }

    public void save(Known known, long nowMs) {
        Reputation reputation = known.reputation;
        connection
                .statement("reputation.save")
                .bind("worker", known.worker)
                .bind("owner", known.owner)
                .bind("address", known.address)
                .bind("streak", reputation.streak())
                .bind("agreements", reputation.agreements())
                .bind("unchecked", reputation.unchecked())
                .bind("rejections", reputation.rejections())
                .bind("strikes", reputation.strikes())
                .bind("failures", reputation.failures())
                .bind("failuresInARow", reputation.failuresInARow())
                .bind("lastAgainst", reputation.lastAgainst())
                .bind("nowMs", nowMs)
                .run();
    }

    /** When a node had its last verdict that had none for the longest time; empty if none had any. */
    public Optional<Long> oldestChangeMs() {
        return connection.statement("reputation.oldest").first(Row::firstWhole);
    }

    /**
     * Forgets nodes that are not remembered any more; answers which.
     *
     * @param changedBeforeMs the time of the last verdict on them
     * @param heldAgainstBeforeMs likewise of those with a strike, or with so many failures in a row
     */
    public List<String> forgetGone(long changedBeforeMs, long heldAgainstBeforeMs, int failuresHeldAgainst, int limit) {
        return connection
                .statement("reputation.forget_gone")
                .bind("changedBeforeMs", changedBeforeMs)
                .bind("heldAgainstBeforeMs", heldAgainstBeforeMs)
                .bind("failuresHeldAgainst", failuresHeldAgainst)
                .bind("limit", limit)
                .list(Row::firstText);
    }

    private static Known known(Row row) throws SQLException {
        return new Known(
                row.text("worker"),
                row.text("owner"),
                row.text("address"),
                new Reputation(
                        row.count("streak"),
                        row.count("agreements"),
                        row.count("unchecked"),
                        row.count("rejections"),
                        row.count("strikes"),
                        row.count("failures"),
                        row.count("failures_in_a_row"),
                        row.textOrNull("last_against")));
    }
}
