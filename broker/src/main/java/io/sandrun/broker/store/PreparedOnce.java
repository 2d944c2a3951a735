package io.sandrun.broker.store;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Keeps the prepared statements of one connection: the broker has a few dozen, and compiling one costs SQLite more than
 * running it. A statement in use is out of the map, so a nested use of the same text gets one of its own. Lives as long
 * as the connection; used by one thread at a time.
 */
final class PreparedOnce implements StatementBuilder {
    private final Connection physical;
    private final Map<String, PreparedStatement> idle = new HashMap<>();
    private final WriteObserver observer;

    /** The text that each was made from: Jdbi gives one back under the text before its parameters were found. */
    private final IdentityHashMap<PreparedStatement, String> texts = new IdentityHashMap<>();

    /** @param physical the connection itself; a pool's wrapper around it would close the statements */
    PreparedOnce(Connection physical, WriteObserver observer) {
        this.physical = physical;
        this.observer = observer;
    }

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return physical.createStatement();
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        observer.before(WriteObserver.Step.STATEMENT);
        PreparedStatement kept = idle.remove(sql);
        if (kept != null) {
            return kept;
        }
        PreparedStatement prepared = physical.prepareStatement(sql);
        texts.put(prepared, sql);
        return prepared;
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return physical.prepareCall(sql);
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        String text = statement instanceof PreparedStatement prepared ? texts.get(prepared) : null;
        if (text != null && !idle.containsKey(text)) {
            PreparedStatement prepared = (PreparedStatement) statement;
            prepared.clearParameters();
            idle.put(text, prepared);
            return;
        }
        if (text != null) {
            texts.remove(statement);
        }
        statement.close();
    }

    @Override
    public void close(Connection connection) {
        // The handle goes; the connection, and its statements with it, may come back.
    }
}
