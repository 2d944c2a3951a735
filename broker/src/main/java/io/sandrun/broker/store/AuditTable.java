package io.sandrun.broker.store;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/** Reads the whole of the books, for audits of a database that nobody writes to. */
public final class AuditTable {
    private static final String SOUND = "ok";

    private final StoreConnection connection;

    AuditTable(StoreConnection connection) {
        this.connection = connection;
    }

    public Books books() {
        return new Books(
                rows("audit.jobs", AuditTable::job),
                rows("audit.attempts", AuditTable::attempt),
                rows("audit.results", AuditTable::result),
                damage());
    }

    private List<String> damage() {
        return rows("audit.integrity", Row::firstText).stream()
                .filter(line -> !line.equals(SOUND))
                .toList();
    }

    private <T> List<T> rows(String name, Prepared.Reading<T> reading) {
        return connection.statement(name).list(reading);
    }

    private static Books.Job job(Row row) throws SQLException {
        return new Books.Job(
                row.text("id"),
                row.text("state"),
                row.count("attempt"),
                row.count("faults"),
                row.count("retried"),
                row.textOrNull("lease_id"),
                row.textOrNull("node_id"),
                row.textOrNull("outcome"),
                row.flag("has_spec"),
                row.textOrNull("cached_from"),
                row.textOrNull("key"));
    }

    private static Books.Attempt attempt(Row row) throws SQLException {
        return new Books.Attempt(
                row.text("job_id"),
                row.count("number"),
                row.text("lease_id"),
                row.text("node_id"),
                row.whole("assigned_at_ms"),
                row.wholeOrNull("ended_at_ms"),
                row.textOrNull("outcome"));
    }

    private static Books.Result result(Row row) throws SQLException {
        return new Books.Result(
                row.text("job_id"), row.count("exit_code"), new String(row.bytes("stdout"), StandardCharsets.UTF_8));
    }
}
