package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConnection;

/** The way from a named statement to values and back. */
class StoreConnectionTest {
    private static final String CLASS = "requirement.insert";

    @TempDir
    private Path directory;

    private SQLiteConnection connection;
    private StoreConnection store;

    @BeforeEach
    void open() throws SQLException {
        Path file = directory.resolve("sandrun.db");
        Store.open(file, Clock.systemUTC()).close();
        connection = DriverManager.getConnection("jdbc:sqlite:" + file).unwrap(SQLiteConnection.class);
        store = new StoreConnection(connection, WriteObserver.NONE);
    }

    @AfterEach
    void close() throws SQLException {
        store.close();
        connection.close();
    }

    private long add(String canonical) {
        assertThat(store.statement(CLASS).bind("canonical", canonical).run()).isEqualTo(1);
        return store.statement("requirement.find").bind("canonical", canonical).one(Row::firstWhole);
    }

    private int count() {
        return store.statement("requirement.all")
                .list(row -> row.text("canonical"))
                .size();
    }

    @Test
    void text_comes_back_as_it_was_bound() {
        for (String text : new String[] {"", "a", "\u00e4\u20ac\ud83d\ude00", "a\0b"}) {
            long id = add(text);
            assertThat(store.statement("requirement.all").list(row -> row.text("canonical")))
                    .contains(text);
            assertThat(id).isPositive();
        }
    }

    @Test
    void bytes_numbers_and_null_come_back_as_they_were_bound() {
        store.begin();
        store.statement("node.save")
                .bind("id", "node-1")
                .bind("workerId", null)
                .bind("owner", null)
                .bind("address", "")
                .bind("name", "")
                .bind("endpoint", "")
                .bind("capabilities", "{}")
                .bind("nowMs", 5_000_000_000L)
                .run();
        assertThat(store.statement("node.all").<Object>first(row -> {
                    assertThat(row.textOrNull("worker_id")).isNull();
                    assertThat(row.wholeOrNull("jobs_failed")).isZero();
                    assertThat(row.bytes("capabilities")).isEqualTo("{}".getBytes(StandardCharsets.UTF_8));
                    return row.whole("last_seen_ms");
                }))
                .contains(5_000_000_000L);
        store.rollback();
    }

    @Test
    void a_use_that_leaves_a_parameter_out_fails_and_does_not_take_the_last_one() {
        add("first");
        assertThatThrownBy(() -> store.statement(CLASS).run()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.statement(CLASS).bind("cannonical", "second"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannonical");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void a_statement_that_failed_can_be_used_again() {
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(
                            () -> store.statement(CLASS).bind("canonical", null).run())
                    .isInstanceOf(StatementFailed.class)
                    .hasMessageContaining(CLASS);
        }
        add("after");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void a_rollback_undoes_all_and_a_savepoint_its_part() {
        store.begin();
        add("undone");
        store.rollback();
        assertThat(count()).isZero();

        store.begin();
        add("kept");
        store.savepoint();
        add("undone");
        store.rollbackToSavepoint();
        store.releaseSavepoint();
        store.savepoint();
        add("kept too");
        store.releaseSavepoint();
        store.commit();
        assertThat(store.statement("requirement.all").list(row -> row.text("canonical")))
                .containsExactlyInAnyOrder("kept", "kept too");
    }

    @Test
    void what_no_transaction_surrounds_is_committed_at_once() throws SQLException {
        add("seen");
        try (SQLiteConnection other =
                DriverManager.getConnection(connection.getUrl()).unwrap(SQLiteConnection.class)) {
            assertThat(new StoreConnection(other, WriteObserver.NONE)
                            .statement("requirement.all")
                            .list(row -> row.text("canonical")))
                    .containsExactly("seen");
        }
    }

    @Test
    void a_stream_may_stop_early() {
        add("one");
        add("two");
        List<String> some = store.statement("requirement.all").stream(
                row -> row.text("canonical"), rows -> rows.limit(1).toList());
        assertThat(some).hasSize(1);
        assertThat(count()).isEqualTo(2);
    }
}
