package io.sandrun.node.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.artifact.ArtifactBroker.Trouble;
import io.sandrun.node.attempt.AttemptWork;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.node.log.AttemptLog;
import io.sandrun.node.log.LogSpool;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.OutputReport;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.output.OutputLimits;
import io.sandrun.runtime.output.OutputRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The step after the program: outputs of a real sandbox, a broker over real HTTP. */
class UploadOutputsTest {
    private static final String LEASE = "lease-1";
    private static final long PATIENCE_SECONDS = 20;
    private static final long MIB = 1L << 20;
    private static final int OUTPUT_BYTES = 3_000_000;
    private static final String SHA256 = ArtifactBroker.digest(new byte[OUTPUT_BYTES]);

    @TempDir
    Path directory;

    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private ArtifactBroker broker;
    private OutputStore store;
    private OutputUploads uploads;
    private UploadOutputs step;
    private Sandboxes sandboxes;
    private HeldAttempt attempt;
    private AttemptWork work;

    @BeforeEach
    void runProgram() throws Exception {
        broker = new ArtifactBroker();
        store = new OutputStore(directory.resolve("outputs"), List.of());
        uploads = new OutputUploads(store, new ArtifactClient(BrokerAddress.of(broker.url()), null));
        step = new UploadOutputs(store, uploads);
        sandboxes = Sandboxes.open(new SandboxSettings(1, directory));
        attempt = attempt();
        AttemptLog log = new AttemptLog(
                attempt.job().id(), LEASE, LogSpool.fresh(directory.resolve("lease-1.log")), () -> 0, () -> {});
        work = new AttemptWork(sandboxes.slot(0), attempt, log);
        RunResult result = work.slot().run(program(), new Cancellation());
        assertThat(result.outputs().files()).as(result.reason()).hasSize(1);
        work.ran(result, Duration.ZERO);
    }

    @AfterEach
    void stop() {
        work.close();
        sandboxes.close();
        broker.close();
        thread.shutdownNow();
    }

    @Test
    void what_was_brought_is_reported() throws Exception {
        step.take(work);
        assertThat(work.outputs().files()).containsExactly(new OutputReport.File("large", OUTPUT_BYTES, SHA256, false));
        assertThat(broker.stored(SHA256)).hasSize(OUTPUT_BYTES);
        assertThat(broker.awaitCall()).isEqualTo("PUT " + SHA256 + " " + LEASE);
    }

    @Test
    void a_cancel_ends_an_upload_that_stands_still() throws Exception {
        Future<?> taken = takeWhileItStalls();
        attempt.cancel();
        assertGivenUp(taken);
        assertThat(attempt.isLost()).isFalse();
    }

    @Test
    void a_lease_that_is_lost_meanwhile_ends_it_too() throws Exception {
        Future<?> taken = takeWhileItStalls();
        attempt.lose();
        assertGivenUp(taken);
    }

    @Test
    void a_lease_that_the_broker_no_longer_knows_is_lost() {
        broker.meet(Trouble.STALE_LEASE);
        assertThatThrownBy(() -> step.take(work)).isInstanceOf(CancellationException.class);
        assertThat(attempt.isLost()).isTrue();
        assertThat(work.outputs()).isEqualTo(OutputReport.NOTHING);
    }

    @Test
    void outputs_that_a_broker_cannot_take_now_go_with_the_report() throws Exception {
        broker.meet(Trouble.UNAVAILABLE);
        step.take(work);
        assertThat(work.outputs().files()).hasSize(1);
        assertThat(broker.stored(SHA256)).isNull();
        assertThat(uploads.deliver(LEASE, work.outputs())).isEmpty();
        assertThat(broker.stored(SHA256)).hasSize(OUTPUT_BYTES);
    }

    private Future<?> takeWhileItStalls() throws Exception {
        broker.meet(Trouble.STALLS);
        Future<?> taken = thread.submit(() -> {
            step.take(work);
            return null;
        });
        broker.awaitCall();
        return taken;
    }

    /** Nothing is reported of it, and once it is discarded nothing of it is left. */
    private void assertGivenUp(Future<?> taken) {
        assertThatThrownBy(() -> taken.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .hasCauseInstanceOf(CancellationException.class);
        assertThat(work.outputs()).isEqualTo(OutputReport.NOTHING);
        assertThat(broker.stored(SHA256)).isNull();
        uploads.discard(LEASE);
        assertThat(directory.resolve("outputs")).isEmptyDirectory();
    }

    private RunRequest program() {
        RunLimits limits = new RunLimits(
                Duration.ofSeconds(PATIENCE_SECONDS),
                Duration.ofSeconds(PATIENCE_SECONDS),
                1,
                64 * MIB,
                16,
                Limits.OPEN_FILES,
                16 * MIB,
                Limits.DISK_INODES,
                Limits.OUTPUT_KEPT_BYTES,
                Limits.OUTPUT_TOTAL_BYTES);
        OutputLimits wanted =
                new OutputLimits(4, 16 * MIB, 16 * MIB, 4, 100, Duration.ofSeconds(Limits.OUTPUT_SECONDS));
        return new RunRequest(
                List.of("/bin/sh", "-c", "head -c " + OUTPUT_BYTES + " /dev/zero > large"),
                Map.of("PATH", "/usr/bin:/bin"),
                new byte[0],
                new Inputs(List.of(), List.of(), ArchiveLimits.within(16 * MIB, Limits.DISK_INODES)),
                List.of(),
                limits,
                new OutputRequest(List.of(), wanted, store.sink(LEASE)));
    }

    private static HeldAttempt attempt() {
        return new HeldAttempt(new ClaimedJob(
                "pool-1",
                LEASE,
                1,
                "",
                "sh",
                List.of(),
                Map.of(),
                "",
                new JobLimits(10, null, 64, 8, 16, 1),
                null,
                JobFiles.NONE));
    }
}
