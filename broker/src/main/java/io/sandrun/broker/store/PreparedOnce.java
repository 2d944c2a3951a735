package io.sandrun.broker.store;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Keeps the prepared statements of one connection: the broker has a few dozen, and compiling one costs SQLite more than
 * running it. A statement in use is out of the map, so a nested use of the same text gets one of its own. Used by the
 * thread that owns the connection only.
 */
final class PreparedOnce implements StatementBuilder {
    private final Map<String, PreparedStatement> idle = new HashMap<>();
    private final WriteObserver observer;

    PreparedOnce(WriteObserver observer) {
        this.observer = observer;
    }

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return connection.createStatement();
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        observer.before(WriteObserver.Step.STATEMENT);
        PreparedStatement kept = idle.remove(sql);
        return kept != null ? kept : connection.prepareStatement(sql);
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return connection.prepareCall(sql);
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        if (statement instanceof PreparedStatement prepared) {
            prepared.clearParameters();
            PreparedStatement other = idle.putIfAbsent(sql, prepared);
            if (other == null) {
                return;
            }
        }
        statement.close();
    }

    @Override
    public void close(Connection connection) {
        idle.clear();
    }
}
