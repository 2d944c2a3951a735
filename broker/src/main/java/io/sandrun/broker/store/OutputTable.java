package io.sandrun.broker.store;

import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.OutputReport.File;
import io.sandrun.protocol.OutputReport.LeftOut;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Verbs on outputs: the files that were kept of jobs. Their bytes are not here. */
public final class OutputTable {
    private final StoreConnection connection;

    OutputTable(StoreConnection connection) {
        this.connection = connection;
    }

    /**
     * Writes down what a node kept of a job whose result stands already.
     *
     * @return the first file that was not brought under the lease, at which it stopped
     */
    public Optional<File> insert(long jobSeq, String leaseId, OutputReport report) {
        for (File file : report.files()) {
            if (!insert(jobSeq, leaseId, file)) {
                return Optional.of(file);
            }
        }
        if (report.leftOutCount() > 0) {
            insertLeftOut(jobSeq, report);
        }
        return Optional.empty();
    }

    /** What was kept of a job, and what was not. */
    public OutputReport ofJob(long jobSeq) {
        return new OutputReport(
                files(jobSeq),
                connection
                        .statement("output.left_out_of_job")
                        .bind("seq", jobSeq)
                        .list(row -> new LeftOut(row.text("name"), row.text("reason"))),
                connection
                        .statement("output.left_out_count")
                        .bind("seq", jobSeq)
                        .first(Row::firstWhole)
                        .orElse(0L));
    }

    /** The files that were kept of a job, in the order of their paths. */
    public List<File> files(long jobSeq) {
        return connection.statement("output.of_job").bind("seq", jobSeq).list(OutputTable::file);
    }

    /** One of the files that were kept of a job. */
    public Optional<File> find(long jobSeq, String path) {
        return connection
                .statement("output.find")
                .bind("seq", jobSeq)
                .bind("path", path)
                .first(OutputTable::file);
    }

    private static File file(Row row) throws SQLException {
        return new File(row.text("path"), row.whole("size_bytes"), row.text("sha256"), row.flag("executable"));
    }

    private boolean insert(long jobSeq, String leaseId, File file) {
        return connection
                        .statement("output.insert")
                        .bind("seq", jobSeq)
                        .bind("leaseId", leaseId)
                        .bind("path", file.path())
                        .bind("sha256", file.sha256())
                        .bind("sizeBytes", file.sizeBytes())
                        .bind("executable", file.executable() ? 1 : 0)
                        .run()
                == 1;
    }

    private void insertLeftOut(long jobSeq, OutputReport report) {
        int position = 0;
        for (LeftOut leftOut : report.leftOut()) {
            connection
                    .statement("output.insert_left_out")
                    .bind("seq", jobSeq)
                    .bind("position", position++)
                    .bind("name", leftOut.name())
                    .bind("reason", leftOut.reason())
                    .run();
        }
        connection
                .statement("output.count_left_out")
                .bind("seq", jobSeq)
                .bind("count", report.leftOutCount())
                .run();
    }
}
