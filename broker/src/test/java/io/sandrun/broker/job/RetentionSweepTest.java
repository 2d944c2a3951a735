package io.sandrun.broker.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.ArtifactSweep;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.requirement.RequirementClasses;
import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.broker.store.JobTable.Schedule;
import io.sandrun.broker.store.JobTable.Waiting;
import io.sandrun.broker.store.Store;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionSweepTest {
    private static final int JOBS = 6;

    /** Four such jobs are as much as one transaction forgets. */
    private static final int OUTPUTS = 900;

    @TempDir
    private Path directory;

    private final ExecutorService blocking = Executors.newFixedThreadPool(2);
    private final List<Integer> forgotten = new ArrayList<>();
    private Store store;
    private RequirementClasses classes;

    @BeforeEach
    void open() {
        Clock clock = Clock.systemUTC();
        store = Store.open(directory.resolve("test.db"), clock);
        classes = new RequirementClasses(
                store, new NodeRegistry(store, clock, new FreshId(clock), Duration.ofSeconds(15), Pool.open()));
        for (int number = 0; number < JOBS; number++) {
            end("job-" + number, number);
        }
    }

    @AfterEach
    void close() {
        blocking.shutdown();
        store.close();
    }

    private static <T> T get(CompletableFuture<T> later) {
        return later.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private void end(String jobId, int atMs) {
        NewJob job = new NewJob(jobId, "me", "x", "", "{}", 1000, 1, Schedule.AT_ONCE, null, List.of(), null);
        get(store.write(tables -> {
            tables.jobs().insert(job, tables.requirements().intern("{}"), null);
            return tables.jobs().cancelPending(jobId, "", atMs);
        }));
    }

    private void addOutputs() {
        try (Handle handle = Jdbi.open("jdbc:sqlite:" + directory.resolve("test.db"))) {
            handle.execute("insert into artifacts values (?, 1)", "0".repeat(64));
            handle.execute("""
                    insert into job_outputs
                    with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
                    select seq, 'file ' || i, ?, 0 from jobs, n
                    """, OUTPUTS, "0".repeat(64));
        }
    }

    private RetentionSweep sweep(Executor executor) {
        JobNews news = new JobNews(new QueueCounts(store), new JobResults(store));
        news.addListener(new JobListener() {
            @Override
            public void waiting(Waiting job) {}

            @Override
            public void ended(JobRow job) {}

            @Override
            public void forgotten(List<String> jobIds) {
                forgotten.add(jobIds.size());
            }
        });
        ArtifactStore artifacts = ArtifactStore.open(directory.resolve("artifacts"), 0);
        return new RetentionSweep(
                store,
                news,
                classes,
                new ArtifactSweep(store, artifacts, blocking),
                Clock.systemUTC(),
                Duration.ofMinutes(1),
                executor);
    }

    @Test
    void jobs_with_little_go_together() {
        get(sweep(blocking).sweep());
        assertThat(forgotten).containsExactly(JOBS);
    }

    @Test
    void of_jobs_with_many_files_a_transaction_forgets_a_few() {
        addOutputs();
        get(sweep(blocking).sweep());
        assertThat(forgotten).containsExactly(4, 2);
        long left = store.read(tables -> tables.jobs().count());
        assertThat(left).isZero();
    }

    @Test
    void a_pass_is_not_overtaken_by_the_next() {
        List<Runnable> begun = new ArrayList<>();
        RetentionSweep sweep = sweep(begun::add);
        sweep.run();
        sweep.run();
        assertThat(begun).hasSize(1);
    }
}
