package io.sandrun.broker.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.store.CommitWatch;
import io.sandrun.broker.store.JobTable.NewJob;
import io.sandrun.broker.store.JobTable.Schedule;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.store.WriteObserver.Step;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobFiles.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactSweepTest {
    private static final int THREADS = 4;
    private static final int STEPS = 60;
    private static final int CONTENTS = 5;

    @TempDir
    private Path directory;

    private final ExecutorService blocking = Executors.newFixedThreadPool(2);
    private final AtomicBoolean isDiskBroken = new AtomicBoolean();
    private Store store;
    private ArtifactStore artifacts;
    private ArtifactSweep sweep;

    @BeforeEach
    void open() {
        WriteObserver observer = step -> {
            if (step == Step.COMMIT && isDiskBroken.get()) {
                throw new IllegalStateException("the disk is broken");
            }
        };
        store = Store.open(directory.resolve("test.db"), Clock.systemUTC(), observer, CommitWatch.NONE);
        artifacts = ArtifactStore.open(directory.resolve("artifacts"), 0);
        sweep = new ArtifactSweep(store, artifacts, blocking);
    }

    @AfterEach
    void close() {
        blocking.shutdown();
        store.close();
    }

    private static <T> T get(CompletableFuture<T> later) {
        return later.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private Artifact keep(Hold hold, String text) {
        try (Incoming incoming = hold.receive(1 << 20)) {
            incoming.write(text.getBytes(UTF_8), 0, text.length());
            return incoming.keep();
        }
    }

    private void insert(String jobId, Artifact... inputs) {
        List<JobFiles.Input> files = Stream.of(inputs)
                .map(input -> new JobFiles.Input(input.sha256(), input.sizeBytes(), Form.ARCHIVE, null))
                .toList();
        NewJob job = new NewJob(jobId, "me", "x", "", "{}", 1000, 1, Schedule.AT_ONCE, null, files, null);
        get(store.write(
                tables -> tables.jobs().insert(job, tables.requirements().intern("{}"), null)));
    }

    /** Ends the job and forgets it, with all that have ended. */
    private void forget(String jobId) {
        get(store.write(tables -> {
            tables.jobs().cancelPending(jobId, "", 2);
            return tables.retention().deleteEnded(3, 1000);
        }));
        sweep.jobGone();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve("artifacts"))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private boolean isKnown(Artifact artifact) {
        return store.read(tables -> tables.artifacts().isKnown(artifact.sha256()));
    }

    @Test
    void an_artifact_stays_as_long_as_one_job_needs_it() throws IOException {
        Hold hold = artifacts.hold();
        Artifact shared = keep(hold, "shared");
        Artifact own = keep(hold, "own");
        insert("a", shared, own);
        insert("b", shared);
        hold.close();
        assertThat(get(sweep.sweep())).isZero();
        forget("a");
        assertThat(get(sweep.sweep())).isEqualTo(1);
        assertThat(files()).containsExactly(shared.sha256());
        assertThat(isKnown(own)).isFalse();
        forget("b");
        assertThat(get(sweep.sweep())).isEqualTo(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void an_upload_without_a_job_is_kept_while_it_is_held_and_then_deleted() throws IOException {
        Hold hold = artifacts.hold();
        Artifact upload = keep(hold, "upload");
        assertThat(get(sweep.sweep())).isZero();
        assertThat(get(sweep.look(0))).isZero();
        assertThat(files()).containsExactly(upload.sha256());
        hold.close();
        assertThat(get(sweep.sweep())).isEqualTo(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void a_file_of_nobody_that_a_broken_disk_has_kept_goes_with_the_next_pass() throws IOException {
        try (Hold hold = artifacts.hold()) {
            keep(hold, "of nobody");
        }
        failOnce();
        assertThat(get(sweep.sweep())).isEqualTo(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void a_file_of_a_forgotten_job_that_a_broken_disk_has_kept_goes_with_the_next_pass() throws IOException {
        try (Hold hold = artifacts.hold()) {
            insert("a", keep(hold, "of a job"));
        }
        assertThat(get(sweep.sweep())).isZero();
        forget("a");
        failOnce();
        assertThat(get(sweep.sweep())).isEqualTo(1);
        assertThat(files()).isEmpty();
    }

    private void failOnce() {
        isDiskBroken.set(true);
        boolean hasFailed = get(sweep.sweep().handle((deleted, failure) -> failure != null));
        assertThat(hasFailed).isTrue();
        isDiskBroken.set(false);
    }

    @Test
    void what_a_crash_left_without_a_row_is_found_after_the_start_and_what_has_one_stays() throws IOException {
        Hold hold = artifacts.hold();
        Artifact wanted = keep(hold, "wanted");
        for (int number = 0; number < 300; number++) {
            keep(hold, "left over " + number);
        }
        insert("a", wanted);
        // The crash: holds are forgotten.
        artifacts = ArtifactStore.open(directory.resolve("artifacts"), 0);
        sweep = new ArtifactSweep(store, artifacts, blocking);
        assertThat(get(sweep.look(0))).isEqualTo(300);
        assertThat(files()).containsExactly(wanted.sha256());
    }

    @Test
    void a_row_whose_file_a_crash_kept_is_no_reason_to_keep_either() throws IOException {
        Hold hold = artifacts.hold();
        insert("a", keep(hold, "short-lived"));
        forget("a");
        artifacts = ArtifactStore.open(directory.resolve("artifacts"), 0);
        // A pass looks at all artifacts once after a start, although no job has gone since.
        sweep = new ArtifactSweep(store, artifacts, blocking);
        assertThat(get(sweep.sweep())).isEqualTo(1);
        assertThat(files()).isEmpty();
    }

    @Test
    void whatever_happens_at_once_no_job_ever_lacks_its_file_and_nothing_is_left_at_the_end() throws IOException {
        long seed = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<Void>> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                work.add(CompletableFuture.runAsync(() -> act(number, new Random(seed + number)), threads));
            }
            Throwable failure = get(CompletableFuture.allOf(work.toArray(CompletableFuture[]::new))
                    .handle((done, thrown) -> thrown));
            assertThat(failure).as("seed %d", seed).isNull();
        } finally {
            threads.shutdownNow();
        }
        sweep.jobGone();
        get(sweep.sweep());
        assertThat(files()).as("seed %d", seed).isEmpty();
    }

    private void act(int thread, Random random) {
        List<String> jobs = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            String text = "content " + random.nextInt(CONTENTS);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    String job = thread + "-" + step;
                    submit(job, text);
                    jobs.add(job);
                }
                case 2 -> {
                    try (Hold hold = artifacts.hold()) {
                        keep(hold, text);
                    }
                }
                case 3 -> {
                    if (!jobs.isEmpty()) {
                        forget(jobs.remove(random.nextInt(jobs.size())));
                    }
                }
                default -> get(sweep.sweep());
            }
        }
        jobs.forEach(this::forget);
    }

    private void submit(String job, String text) {
        Artifact artifact;
        try (Hold hold = artifacts.hold()) {
            artifact = keep(hold, text);
            insert(job, artifact);
        }
        get(sweep.sweep());
        try (var in = artifacts.open(artifact.sha256(), 0).orElseThrow()) {
            assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo(text);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
