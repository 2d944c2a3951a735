package io.sandrun.broker.store;

import io.sandrun.broker.store.ResultRow.Measures;
import java.sql.SQLException;
import java.util.Optional;

/** Verbs on results: what programs that ran to an end printed and cost. */
public final class ResultTable {
    private final StoreConnection connection;

    ResultTable(StoreConnection connection) {
        this.connection = connection;
    }

    public void insert(long seq, ResultRow result) {
        connection
                .statement("result.insert")
                .bind("seq", seq)
                .bind("stdout", result.stdout())
                .bind("stderr", result.stderr())
                .bind("logOrder", result.logOrder())
                .bind("stdoutBytes", result.stdoutBytes())
                .bind("stderrBytes", result.stderrBytes())
                .bind("exitCode", result.measures().exitCode())
                .bind("signal", result.measures().signal())
                .bind("cpuSeconds", result.measures().cpuSeconds())
                .bind("memoryPeakBytes", result.measures().memoryPeakBytes())
                .bind("wallTimeMs", result.measures().wallTimeMs())
                .run();
    }

    public Optional<ResultRow> find(long seq) {
        return connection
                .statement("result.find")
                .bind("seq", seq)
                .first(row -> new ResultRow(
                        row.bytes("stdout"),
                        row.bytes("stderr"),
                        row.bytesOrNull("log_order"),
                        row.whole("stdout_bytes"),
                        row.whole("stderr_bytes"),
                        measures(row)));
    }

    /** The cost without the output. */
    public Optional<Measures> findMeasures(long seq) {
        return connection.statement("result.measures").bind("seq", seq).first(ResultTable::measures);
    }

    private static Measures measures(Row row) throws SQLException {
        Long signal = row.wholeOrNull("signal");
        return new Measures(
                row.count("exit_code"),
                signal == null ? null : signal.intValue(),
                row.real("cpu_seconds"),
                row.whole("memory_peak_bytes"),
                row.whole("wall_time_ms"));
    }
}
