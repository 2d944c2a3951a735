package io.sandrun.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/**
 * What this machine's disk and SQLite can do at the broker's durability (WAL, {@code synchronous=FULL}) with nothing
 * around them: the anchor of every figure about durable jobs.
 *
 * @param singleRowsPerSecond one row a commit
 * @param groupedRowsPerSecond {@value #GROUP} rows a commit
 */
record DiskAnchor(double singleRowsPerSecond, double groupedRowsPerSecond) {
    static final int GROUP = 100;

    private static final long MEASURE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);
    private static final long WARM_UP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final String BODY = "x".repeat(330);

    static DiskAnchor measure(Path directory) throws SQLException, IOException {
        String url = "jdbc:sqlite:" + directory.resolve("anchor.db") + "?journal_mode=WAL&synchronous=FULL";
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(resource("anchor-table.sql"));
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(resource("anchor-insert.sql"))) {
                rowsPerSecond(insert, 1, WARM_UP_NANOS);
                return new DiskAnchor(
                        rowsPerSecond(insert, 1, MEASURE_NANOS), rowsPerSecond(insert, GROUP, MEASURE_NANOS));
            }
        }
    }

    private static double rowsPerSecond(PreparedStatement insert, int rowsPerCommit, long nanos) throws SQLException {
        long start = System.nanoTime();
        long rows = 0;
        while (System.nanoTime() - start < nanos) {
            for (int row = 0; row < rowsPerCommit; row++) {
                insert.setString(1, start + "-" + rows++);
                insert.setString(2, BODY);
                insert.executeUpdate();
            }
            insert.getConnection().commit();
        }
        return rows * 1e9 / (System.nanoTime() - start);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = DiskAnchor.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this program lacks its file " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    void print() {
        System.out.printf(
                "anchor: SQLite, synchronous=FULL: %,.0f rows/s with one row a commit, %,.0f with %d%n",
                singleRowsPerSecond, groupedRowsPerSecond, GROUP);
    }
}
