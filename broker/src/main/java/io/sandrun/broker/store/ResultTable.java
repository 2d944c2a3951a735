package io.sandrun.broker.store;

import io.sandrun.broker.store.ResultRow.Measures;
import io.sandrun.broker.store.ResultRow.Summary;
import io.sandrun.broker.store.ResultRow.Voucher;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
                .bind("environment", result.measures().environment())
                .run();
        Voucher voucher = result.voucher();
        if (voucher != null) {
            vouch(seq, voucher);
        }
    }

    private void vouch(long seq, Voucher voucher) {
        connection
                .statement("result.vouch")
                .bind("seq", seq)
                .bind("workerId", voucher.workerId())
                .bind("signature", voucher.signature())
                .bind("outputHash", voucher.outputHash())
                .bind("receipt", voucher.receipt())
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
                        measures(row),
                        null));
    }

    /** The cost and who vouches for it, without the output. */
    public Optional<Summary> findSummary(long seq) {
        return connection
                .statement("result.summary")
                .bind("seq", seq)
                .first(row -> new Summary(measures(row), voucher(row)));
    }

    /** The node's account of the job's last attempt, as it was kept. */
    public Optional<String> findReceipt(long seq) {
        return connection.statement("result.receipt").bind("seq", seq).first(Row::firstText);
    }

    private static @Nullable Voucher voucher(Row row) throws SQLException {
        String workerId = row.textOrNull("worker_id");
        return workerId == null ? null : new Voucher(workerId, row.text("signature"), row.text("output_hash"), null);
    }

    private static Measures measures(Row row) throws SQLException {
        return new Measures(
                row.count("exit_code"),
                row.countOrNull("signal"),
                row.real("cpu_seconds"),
                row.whole("memory_peak_bytes"),
                row.whole("wall_time_ms"),
                row.textOrNull("environment"));
    }
}
