package io.sandrun.broker.store;

import io.sandrun.broker.store.WriteObserver.Step;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.sqlite.SQLiteConnection;

/**
 * One connection and its named statements, each compiled once and kept.
 *
 * <p>Theory of operation: the broker runs the same few dozen statements thousands of times a second, so what surrounds
 * a statement costs as much as the statement. Here it is compiled at its first use, bound by name, and its rows are
 * read into values at once; so no statement is ever left open, and none is in use twice. Transactions are statements
 * like the others: the driver's own would begin the next one with each commit, and probe for one around each
 * statement. Lives as long as the connection; used by one thread at a time.
 */
final class StoreConnection implements AutoCloseable {
    private final SQLiteConnection connection;
    private final WriteObserver observer;
    private final Map<String, Prepared> statements = new HashMap<>();
    private boolean isInTransaction;

    StoreConnection(SQLiteConnection connection, WriteObserver observer) {
        this.connection = connection;
        this.observer = observer;
        // Only the driver's note, not its begin: SQLite itself then commits what no transaction of ours surrounds.
        connection.getConnectionConfig().setAutoCommit(false);
    }

    /** The statement in {@code sql/queries}, {@code job.insert}; to be bound and run before it is asked for again. */
    Prepared statement(String name) {
        observer.before(Step.STATEMENT);
        return prepared(name);
    }

    private Prepared prepared(String name) {
        Prepared kept = statements.get(name);
        if (kept == null || kept.isClosed()) {
            try {
                kept = new Prepared(name, connection, Statements.named(name));
            } catch (SQLException broken) {
                throw new StatementFailed(name, broken);
            }
            statements.put(name, kept);
        }
        return kept;
    }

    /** Takes the write lock. */
    void begin() {
        prepared("transaction.begin").run();
        isInTransaction = true;
    }

    void commit() {
        prepared("transaction.commit").run();
        isInTransaction = false;
    }

    /** Does nothing where there is no transaction. */
    void rollback() {
        if (isInTransaction) {
            isInTransaction = false;
            prepared("transaction.rollback").run();
        }
    }

    /** Marks a point to which {@link #rollbackToSavepoint} leads back; there is one at a time. */
    void savepoint() {
        prepared("transaction.savepoint").run();
    }

    void rollbackToSavepoint() {
        prepared("transaction.rollback_to_savepoint").run();
    }

    void releaseSavepoint() {
        prepared("transaction.release_savepoint").run();
    }

    /** Closes the statements; the connection is its owner's. */
    @Override
    public void close() {
        statements.values().forEach(Prepared::close);
        statements.clear();
    }
}
