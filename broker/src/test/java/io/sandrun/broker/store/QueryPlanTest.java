package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What must stay cheap with a million jobs reads an index, and reads it in the order that is wanted. */
class QueryPlanTest {
    private static final Pattern PARAMETER = Pattern.compile(":([a-zA-Z0-9]+)");

    @TempDir
    private Path directory;

    private String plan(String statement) {
        Path file = directory.resolve("test.db");
        Store.open(file, Clock.systemUTC()).close();
        Jdbi jdbi = Jdbi.create("jdbc:sqlite:" + file);
        jdbi.getConfig(SqlStatements.class).setTemplateEngine((template, context) -> template);
        try (Handle handle = jdbi.open()) {
            String sql = Statements.named(statement);
            var query = handle.createQuery("explain query plan " + sql);
            Matcher names = PARAMETER.matcher(sql);
            while (names.find()) {
                query.bind(names.group(1), "1");
            }
            List<String> steps =
                    query.map((row, context) -> row.getString("detail")).list();
            return String.join("\n", steps);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "job.assign, jobs_to_claim",
        "copy.assign, jobs_to_claim",
        "copy.fitting, copies_to_claim",
        "owner.assign, jobs_to_claim_of_client",
        "owner.held_classes, jobs_held",
        "avoidance.end, jobs_avoiding",
        "avoidance.end_overdue, jobs_avoiding_until",
        "avoidance.list, jobs_avoiding",
        "avoidance.next_until, jobs_avoiding_until",
        "retention.delete_copies, jobs_ended",
        "retention.delete_ended, jobs_ended",
        "retention.weights, jobs_ended",
        "copy.walk_undecided, jobs_undecided",
        "job.ahead, jobs_in_line",
        "job.due, jobs_due",
        "job.release_due, jobs_to_claim",
        "job.insert, jobs_of_client",
        "job.next_due, jobs_due",
        "requirement.delete_unused, jobs_of_class",
        "job.list, jobs_by_age",
        "job.list_pending, jobs_pending_by_age",
        "job.list_ended, jobs_ended_by_age",
        "job.list_of_node, jobs_of_node_by_age",
        "job.list_failed, jobs_failed_by_age",
        "job.list_of_id, sqlite_autoindex_jobs_1",
        "cache.find, jobs_cached",
        "reputation.oldest, node_reputation_by_age",
        "reputation.forget_gone, node_reputation_by_age"
    })
    void a_statement_reads_its_index_and_sorts_nothing_of_it(String statement, String index) {
        String plan = plan(statement);
        assertThat(plan).contains(index).doesNotContain("SCAN jobs\n");
        if (!statement.endsWith(".assign") && !statement.equals("copy.fitting")) {
            assertThat(plan).doesNotContain("TEMP B-TREE");
        }
    }

    /** The heads of the classes are put in order, the copies of a class are not: the first that fits will do. */
    @Test
    void a_claim_looks_at_no_more_copies_than_it_must() {
        assertThat(plan("copy.fitting"))
                .contains("CO-ROUTINE near")
                .contains("CO-ROUTINE behind")
                .containsOnlyOnce("TEMP B-TREE");
    }

    @Test
    void the_cpu_time_of_the_last_minute_is_found_without_a_look_at_all_jobs() {
        assertThat(plan("usage.cpu_since")).contains("jobs_ended").doesNotContain("SCAN jobs");
    }

    @Test
    void jobs_of_a_key_are_found_by_the_key_and_the_keys_jobs_by_their_numbers() {
        assertThat(plan("job.list_of_key"))
                .contains("SEARCH idempotency_keys USING PRIMARY KEY (client=? AND key=?)")
                .contains("SEARCH jobs USING INTEGER PRIMARY KEY");
    }

    @Test
    void forgetting_a_job_finds_its_keys_by_index() {
        Path file = directory.resolve("keys.db");
        Store.open(file, Clock.systemUTC()).close();
        try (Handle handle = Jdbi.create("jdbc:sqlite:" + file).open()) {
            String plan = handle.createQuery("explain query plan select 1 from idempotency_keys where job_seq = 1")
                    .map((row, context) -> row.getString("detail"))
                    .one();
            assertThat(plan).contains("idempotency_keys_of_job");
        }
    }
}
