package io.sandrun.broker.store;

import io.sandrun.broker.store.ResultRow.Measures;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Verbs on results: what programs that ran to an end printed and cost. */
public final class ResultTable {
    private final Handle handle;

    ResultTable(Handle handle) {
        this.handle = handle;
    }

    public void insert(long seq, ResultRow result) {
        handle.createUpdate(Statements.named("result.insert"))
                .bind("seq", seq)
                .bind("stdout", result.stdout())
                .bind("stderr", result.stderr())
                .bind("stdoutBytes", result.stdoutBytes())
                .bind("stderrBytes", result.stderrBytes())
                .bind("exitCode", result.measures().exitCode())
                .bind("signal", result.measures().signal())
                .bind("cpuSeconds", result.measures().cpuSeconds())
                .bind("memoryPeakBytes", result.measures().memoryPeakBytes())
                .bind("wallTimeMs", result.measures().wallTimeMs())
                .execute();
    }

    public Optional<ResultRow> find(long seq) {
        return handle.createQuery(Statements.named("result.find"))
                .bind("seq", seq)
                .map((row, context) -> new ResultRow(
                        row.getBytes("stdout"),
                        row.getBytes("stderr"),
                        row.getLong("stdout_bytes"),
                        row.getLong("stderr_bytes"),
                        measures(row)))
                .findOne();
    }

    /** The cost without the output. */
    public Optional<Measures> findMeasures(long seq) {
        return handle.createQuery(Statements.named("result.measures"))
                .bind("seq", seq)
                .map((row, context) -> measures(row))
                .findOne();
    }

    private static Measures measures(ResultSet row) throws SQLException {
        int signal = row.getInt("signal");
        boolean signalled = !row.wasNull();
        return new Measures(
                row.getInt("exit_code"),
                signalled ? signal : null,
                row.getDouble("cpu_seconds"),
                row.getLong("memory_peak_bytes"),
                row.getLong("wall_time_ms"));
    }
}
