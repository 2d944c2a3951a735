package io.sandrun.broker.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.store.JobTable.Waiting;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that wait in the database of an older broker while a newer one takes over. */
class UpgradeTest {
    @TempDir
    private Path directory;

    @Test
    void a_job_that_avoided_a_node_before_there_was_a_time_for_it_avoids_it_no_longer() {
        Path database = directory.resolve("test.db");
        try (Handle handle = Jdbi.open("jdbc:sqlite:" + database)) {
            before("V020__avoiding_until.sql").run(handle);
            handle.execute("insert into requirement_classes values (1, '{}')");
            handle.execute("""
                    insert into jobs (
                        id, class_id, client, turn, state, avoid_node_id, interpreter, code_sha256, timeout_ms,
                        created_at_ms
                    )
                    values ('job', 1, 'me', 1, 'pending', 'bad', 'sh', '', 1, 1)
                    """);
        }
        try (Store store = Store.open(database, Clock.systemUTC())) {
            OptionalLong untilMs = store.read(tables -> tables.avoidances().nextUntilMs());
            assertThat(untilMs).hasValue(0);
            CompletableFuture<List<Waiting>> freed =
                    store.write(tables -> tables.avoidances().endOverdue(1));
            assertThat(freed.orTimeout(20, TimeUnit.SECONDS).join())
                    .extracting(Waiting::jobId)
                    .containsExactly("job");
        }
    }

    /** Their text stays another than that of jobs which come now: a class more, until its jobs are forgotten. */
    @Test
    void needs_that_were_stored_without_disk_have_the_most_that_one_of_their_jobs_asks_for() {
        Path database = directory.resolve("test.db");
        try (Handle handle = Jdbi.open("jdbc:sqlite:" + database)) {
            before("V022__needs_have_disk.sql").run(handle);
            handle.execute("""
                    insert into requirement_classes
                    values (1, '{"memory_mb":64,"cores":1}'), (2, '{"memory_mb":64,"disk_mb":7}'), (3, '{}')
                    """);
            handle.execute("""
                    insert into jobs (
                        seq, id, class_id, client, turn, state, interpreter, code_sha256, timeout_ms, created_at_ms
                    )
                    values
                        (1, 'a', 1, 'me', 1, 'pending', 'sh', '', 1, 1),
                        (2, 'b', 1, 'me', 2, 'pending', 'sh', '', 1, 1),
                        (3, 'c', 2, 'me', 3, 'pending', 'sh', '', 1, 1)
                    """);
            handle.execute("""
                    insert into job_specs
                    values (1, '{"limits":{"disk_mb":300}}'), (2, '{"limits":{"disk_mb":1000}}'),
                        (3, '{"limits":{"disk_mb":7}}')
                    """);
        }
        try (Store store = Store.open(database, Clock.systemUTC())) {
            assertThat(store.<Map<Long, String>>read(
                            tables -> tables.requirements().all()))
                    .containsOnly(
                            Map.entry(1L, "{\"memory_mb\":64,\"cores\":1,\"disk_mb\":1000}"),
                            Map.entry(2L, "{\"memory_mb\":64,\"disk_mb\":7}"),
                            Map.entry(3L, "{\"disk_mb\":0}"));
        }
    }

    private static Migrations before(String migration) {
        return new Migrations(Clock.systemUTC(), Migrations.FILES.subList(0, Migrations.FILES.indexOf(migration)));
    }
}
