package io.sandrun.node.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.artifact.ArtifactBroker.Trouble;
import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.JobFiles;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.JobLimits;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** The cache of inputs and the download that fills it, over real HTTP. */
class InputsTest {
    private static final byte[] ONE = "1".repeat(1000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] TWO = "2".repeat(1000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] THREE = "3".repeat(1000).getBytes(StandardCharsets.UTF_8);
    private static final byte[] LARGE = new byte[300_000];

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ArtifactBroker broker;
    private ArtifactClient client;

    @BeforeEach
    void start() throws IOException {
        broker = new ArtifactBroker();
        client = new ArtifactClient(BrokerAddress.of(broker.url()), null);
    }

    @AfterEach
    void stop() {
        broker.close();
        threads.shutdownNow();
    }

    @Test
    void an_input_is_fetched_once_under_the_lease_of_whoever_came_first() throws Exception {
        String sha256 = broker.offer(ONE);
        ArtifactCache cache = new ArtifactCache(directory, 10_000);
        for (int job = 0; job < 9; job++) {
            try (var pinned = bring(cache, ONE, attempt("lease-" + job))) {
                assertThat(pinned.path()).hasBinaryContent(ONE);
            }
        }
        assertThat(broker.awaitCall()).isEqualTo("GET " + sha256 + " lease-0");
        assertThat(broker.callsLeft()).isZero();
    }

    @Test
    void those_who_want_it_at_the_same_time_share_one_download() throws Exception {
        broker.offer(LARGE);
        ArtifactCache cache = new ArtifactCache(directory, 1 << 20);
        List<Future<byte[]>> all = new ArrayList<>();
        for (int job = 0; job < 9; job++) {
            HeldAttempt attempt = attempt("lease-" + job);
            all.add(threads.submit(() -> {
                try (var pinned = bring(cache, LARGE, attempt)) {
                    return Files.readAllBytes(pinned.path());
                }
            }));
        }
        for (Future<byte[]> each : all) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(LARGE);
        }
        broker.awaitCall();
        assertThat(broker.callsLeft()).isZero();
    }

    @Test
    void when_the_first_gives_up_the_next_fetches_under_its_own_lease() throws Exception {
        String sha256 = broker.offer(LARGE);
        broker.meet(Trouble.STALLS);
        ArtifactCache cache = new ArtifactCache(directory, 1 << 20);
        HeldAttempt first = attempt("first");
        Future<?> gaveUp = threads.submit(() -> bring(cache, LARGE, first));
        assertThat(broker.awaitCall()).isEqualTo("GET " + sha256 + " first");
        Future<ArtifactCache.Pinned> second = threads.submit(() -> bring(cache, LARGE, attempt("second")));
        first.cancel();
        assertThatThrownBy(() -> gaveUp.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
        try (var pinned = second.get(20, TimeUnit.SECONDS)) {
            assertThat(pinned.path()).hasBinaryContent(LARGE);
        }
        assertThat(broker.awaitCall()).isEqualTo("GET " + sha256 + " second");
    }

    @Test
    void one_who_waits_for_the_download_of_another_can_be_cancelled() throws Exception {
        broker.offer(LARGE);
        broker.meet(Trouble.STALLS);
        ArtifactCache cache = new ArtifactCache(directory, 1 << 20);
        HeldAttempt first = attempt("first");
        Future<?> stalled = threads.submit(() -> bring(cache, LARGE, first));
        broker.awaitCall();
        HeldAttempt second = attempt("second");
        Future<?> waiting = threads.submit(() -> bring(cache, LARGE, second));
        second.lose();
        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
        assertThat(stalled).isNotDone();
        first.cancel();
        assertThatThrownBy(() -> stalled.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(CancellationException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_goes_wrong_on_the_way_is_tried_again() throws Exception {
        broker.offer(LARGE);
        broker.meet(Trouble.UNAVAILABLE, Trouble.SESSION_EXPIRED, Trouble.BREAKS_OFF, Trouble.WRONG_BYTES);
        try (var pinned = bring(new ArtifactCache(directory, 1 << 20), LARGE, attempt("lease"))) {
            assertThat(pinned.path()).hasSize(LARGE.length).hasBinaryContent(LARGE);
        }
    }

    @Test
    void what_cannot_be_had_is_told_and_leaves_nothing() throws Exception {
        ArtifactCache cache = new ArtifactCache(directory, 1 << 20);
        broker.offer(ONE);
        broker.meet(Trouble.NOT_THERE);
        assertFails(cache, ONE, Outcome.INVALID_INPUT, "is not there");
        broker.meet(Trouble.FORBIDDEN);
        assertFails(cache, ONE, Outcome.SANDBOX_ERROR, "refused to send");
        broker.meet(Trouble.WRONG_BYTES, Trouble.WRONG_BYTES, Trouble.WRONG_BYTES);
        assertFails(cache, ONE, Outcome.SANDBOX_ERROR, "is not the input");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void a_lease_that_is_gone_ends_the_attempt() throws Exception {
        broker.offer(ONE);
        broker.meet(Trouble.STALE_LEASE);
        HeldAttempt attempt = attempt("lease");
        assertThatThrownBy(() -> bring(new ArtifactCache(directory, 1 << 20), ONE, attempt))
                .isInstanceOf(CancellationException.class);
        assertThat(attempt.isLost()).isTrue();
    }

    @Test
    void an_input_that_no_disk_has_room_for_is_the_nodes_trouble() throws Exception {
        ArtifactCache cache = new ArtifactCache(directory, 1 << 20);
        Input huge = new Input(ArtifactBroker.digest(ONE), Long.MAX_VALUE / 2, JobFiles.Form.ARCHIVE, null);
        HeldAttempt attempt = attempt("lease");
        assertThatThrownBy(() -> cache.bring(huge, attempt, new InputDownload(client, attempt)))
                .isInstanceOf(AttemptFailedException.class)
                .hasMessageContaining("no room")
                .extracting(e -> ((AttemptFailedException) e).outcome())
                .isEqualTo(Outcome.SANDBOX_ERROR);
        assertThat(broker.callsLeft()).isZero();
    }

    @Test
    void an_archive_is_read_only_as_long_as_somebody_wants_the_attempt() throws Exception {
        HeldAttempt attempt = attempt("lease");
        try (InputStream archive = new WantedStream(new ByteArrayInputStream(LARGE), attempt)) {
            assertThat(archive.readNBytes(10)).hasSize(10);
            attempt.cancel();
            assertThatThrownBy(archive::readAllBytes).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void what_was_not_used_for_longest_goes_and_what_is_in_use_stays() throws Exception {
        broker.offer(ONE);
        broker.offer(TWO);
        broker.offer(THREE);
        ArtifactCache cache = new ArtifactCache(directory, 2500);
        var one = bring(cache, ONE, attempt("a"));
        bring(cache, TWO, attempt("b")).close();
        bring(cache, THREE, attempt("c")).close();
        assertThat(names()).containsExactlyInAnyOrder(ArtifactBroker.digest(ONE), ArtifactBroker.digest(THREE));
        bring(cache, TWO, attempt("d")).close();
        assertThat(names()).containsExactlyInAnyOrder(ArtifactBroker.digest(ONE), ArtifactBroker.digest(TWO));
        one.close();
        bring(cache, THREE, attempt("e")).close();
        assertThat(names()).containsExactlyInAnyOrder(ArtifactBroker.digest(TWO), ArtifactBroker.digest(THREE));
    }

    @Test
    void what_is_too_large_for_the_cache_is_there_as_long_as_it_is_used() throws Exception {
        broker.offer(LARGE);
        ArtifactCache cache = new ArtifactCache(directory, 0);
        try (var pinned = bring(cache, LARGE, attempt("lease"))) {
            assertThat(pinned.path()).hasBinaryContent(LARGE);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void it_outlives_the_agent_in_the_order_of_use_and_without_unfinished_files() throws Exception {
        broker.offer(ONE);
        broker.offer(TWO);
        ArtifactCache before = new ArtifactCache(directory, 10_000);
        bring(before, ONE, attempt("a")).close();
        bring(before, TWO, attempt("b")).close();
        Files.write(directory.resolve(ArtifactBroker.digest(THREE) + ".part"), THREE);
        Files.setLastModifiedTime(
                directory.resolve(ArtifactBroker.digest(TWO)), java.nio.file.attribute.FileTime.fromMillis(1));
        ArtifactCache after = new ArtifactCache(directory, 1500);
        assertThat(names()).containsExactly(ArtifactBroker.digest(ONE));
        broker.awaitCall();
        broker.awaitCall();
        bring(after, ONE, attempt("c")).close();
        assertThat(broker.callsLeft()).isZero();
    }

    @Test
    void a_damaged_file_is_noticed_and_fetched_again() throws Exception {
        String sha256 = broker.offer(ONE);
        ArtifactCache cache = new ArtifactCache(directory, 10_000);
        bring(cache, ONE, attempt("a")).close();
        // While the agent lives, by its time of modification; after a restart, by its digest or its size.
        for (byte[] damage : List.of(TWO, LARGE, new byte[0])) {
            Files.write(directory.resolve(sha256), damage);
            try (var pinned = bring(cache, ONE, attempt("b"))) {
                assertThat(pinned.path()).hasBinaryContent(ONE);
            }
            Files.write(directory.resolve(sha256), damage);
            cache = new ArtifactCache(directory, 1 << 20);
            try (var pinned = bring(cache, ONE, attempt("c"))) {
                assertThat(pinned.path()).hasBinaryContent(ONE);
            }
        }
        Files.delete(directory.resolve(sha256));
        try (var pinned = bring(cache, ONE, attempt("d"))) {
            assertThat(pinned.path()).hasBinaryContent(ONE);
        }
    }

    private void assertFails(ArtifactCache cache, byte[] bytes, Outcome outcome, String words) {
        assertThatThrownBy(() -> bring(cache, bytes, attempt("lease")))
                .isInstanceOf(AttemptFailedException.class)
                .hasMessageContaining(words)
                .extracting(e -> ((AttemptFailedException) e).outcome())
                .isEqualTo(outcome);
    }

    private ArtifactCache.Pinned bring(ArtifactCache cache, byte[] bytes, HeldAttempt attempt) throws Exception {
        Input input = new Input(ArtifactBroker.digest(bytes), bytes.length, JobFiles.Form.ARCHIVE, null);
        return cache.bring(input, attempt, new InputDownload(client, attempt));
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static HeldAttempt attempt(String leaseId) {
        return new HeldAttempt(new ClaimedJob(
                "pool-1",
                leaseId,
                1,
                "",
                "python3",
                List.of(),
                Map.of(),
                "",
                new JobLimits(10, null, 64, 8, 16, 1),
                null,
                JobFiles.NONE));
    }
}
