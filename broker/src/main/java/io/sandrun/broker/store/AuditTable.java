package io.sandrun.broker.store;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.result.ResultIterable;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Reads the whole of the books, for audits of a database that nobody writes to. */
public final class AuditTable {
    private static final String SOUND = "ok";

    private final Handle handle;

    AuditTable(Handle handle) {
        this.handle = handle;
    }

    public Books books() {
        return new Books(
                rows("audit.jobs", AuditTable::job).list(),
                rows("audit.attempts", AuditTable::attempt).list(),
                rows("audit.results", AuditTable::result).list(),
                damage());
    }

    private List<String> damage() {
        return rows("audit.integrity", (row, context) -> row.getString(1))
                .filter(line -> !line.equals(SOUND))
                .list();
    }

    private <T> ResultIterable<T> rows(String name, RowMapper<T> mapper) {
        return handle.createQuery(Statements.named(name)).map(mapper);
    }

    private static Books.Job job(ResultSet row, @Nullable StatementContext context) throws SQLException {
        return new Books.Job(
                row.getString("id"),
                row.getString("state"),
                row.getInt("attempt"),
                row.getInt("faults"),
                row.getInt("retried"),
                row.getString("lease_id"),
                row.getString("node_id"),
                row.getString("outcome"),
                row.getBoolean("has_spec"),
                row.getString("cached_from"),
                row.getString("key"));
    }

    private static Books.Attempt attempt(ResultSet row, @Nullable StatementContext context) throws SQLException {
        long endedAtMs = row.getLong("ended_at_ms");
        boolean ended = !row.wasNull();
        return new Books.Attempt(
                row.getString("job_id"),
                row.getInt("number"),
                row.getString("lease_id"),
                row.getString("node_id"),
                row.getLong("assigned_at_ms"),
                ended ? endedAtMs : null,
                row.getString("outcome"));
    }

    private static Books.Result result(ResultSet row, @Nullable StatementContext context) throws SQLException {
        return new Books.Result(
                row.getString("job_id"),
                row.getInt("exit_code"),
                new String(row.getBytes("stdout"), StandardCharsets.UTF_8));
    }
}
