package io.sandrun.node.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.artifact.ArtifactBroker.Trouble;
import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.OutputReport;
import io.sandrun.runtime.output.ArtifactSink;
import io.sandrun.runtime.output.OutputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputUploadsTest {
    private static final byte[] SMALL = "small".getBytes(StandardCharsets.UTF_8);
    private static final byte[] LARGE = new byte[2_500_000];

    @TempDir
    Path directory;

    private ArtifactBroker broker;
    private OutputStore store;
    private OutputUploads uploads;

    @BeforeEach
    void start() throws IOException {
        broker = new ArtifactBroker();
        store = new OutputStore(directory, List.of());
        uploads = new OutputUploads(store, new ArtifactClient(BrokerAddress.of(broker.url()), null));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void each_digest_is_brought_once_however_many_files_have_it() throws Exception {
        OutputReport outputs = collect("lease", SMALL, LARGE, SMALL);
        assertThat(uploads.deliver("lease", outputs)).isEmpty();
        assertThat(broker.stored(ArtifactBroker.digest(LARGE))).isEqualTo(LARGE);
        assertThat(List.of(broker.awaitCall(), broker.awaitCall()))
                .containsExactly(
                        "PUT " + ArtifactBroker.digest(SMALL) + " lease",
                        "PUT " + ArtifactBroker.digest(LARGE) + " lease");
        assertThat(uploads.deliver("lease", outputs)).isEmpty();
        assertThat(broker.callsLeft()).isZero();
        uploads.discard("lease");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void what_was_interrupted_goes_on_where_it_was() throws Exception {
        OutputReport outputs = collect("lease", SMALL, LARGE);
        for (Trouble passing : List.of(Trouble.UNAVAILABLE, Trouble.SESSION_EXPIRED)) {
            broker.meet(passing);
            assertThatThrownBy(() -> uploads.deliver("lease", outputs)).isInstanceOf(BrokerException.class);
        }
        assertThat(uploads.deliver("lease", outputs)).isEmpty();
        assertThat(broker.stored(ArtifactBroker.digest(SMALL))).isEqualTo(SMALL);
    }

    @Test
    void a_refusal_is_told() throws Exception {
        OutputReport outputs = collect("lease", LARGE);
        broker.meet(Trouble.FORBIDDEN);
        assertThat(uploads.deliver("lease", outputs).orElseThrow()).contains("refused an output");
        // Whose lease is gone is told so when the report comes.
        broker.meet(Trouble.STALE_LEASE);
        assertThat(uploads.deliver("lease", outputs)).isEmpty();
        assertThat(broker.stored(ArtifactBroker.digest(LARGE))).isNull();
    }

    @Test
    void a_broker_that_has_lost_them_gets_them_again() throws Exception {
        OutputReport outputs = collect("lease", SMALL);
        uploads.deliver("lease", outputs);
        assertThat(uploads.bringAgain("lease")).isTrue();
        uploads.deliver("lease", outputs);
        assertThat(broker.awaitCall()).isEqualTo(broker.awaitCall());
        assertThat(new OutputUploads(store, new ArtifactClient(BrokerAddress.of(broker.url()), null))
                        .bringAgain("lease"))
                .isFalse();
    }

    @Test
    void what_was_damaged_or_lost_on_the_disk_is_never_taken_for_the_output() throws Exception {
        OutputReport outputs = collect("lease", SMALL);
        Files.write(store.file("lease", ArtifactBroker.digest(SMALL)), LARGE);
        assertThat(uploads.deliver("lease", outputs)).isPresent();
        Files.delete(store.file("lease", ArtifactBroker.digest(SMALL)));
        assertThat(uploads.deliver("lease", outputs).orElseThrow()).contains("lost");
    }

    @Test
    void a_start_removes_what_no_kept_report_names() throws Exception {
        collect("reported", SMALL);
        collect("crashed", SMALL, LARGE);
        Files.createTempFile(directory.resolve("crashed"), "draft-", "");
        assertThat(store.totalBytes()).isEqualTo(2 * SMALL.length + LARGE.length);
        OutputStore next = new OutputStore(directory, List.of("reported"));
        assertThat(next.file("reported", ArtifactBroker.digest(SMALL))).hasBinaryContent(SMALL);
        assertThat(directory.resolve("crashed")).doesNotExist();
    }

    @Test
    void how_much_lies_there_can_be_told_while_others_go() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> coming = other.submit(() -> {
                for (int round = 0; round < 300; round++) {
                    collect("lease-" + round, SMALL);
                    store.discard("lease-" + round);
                }
                return null;
            });
            do {
                assertThat(store.totalBytes()).isBetween(0L, (long) SMALL.length);
            } while (!coming.isDone());
            coming.get();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void the_name_of_a_lease_leads_nowhere_else() {
        for (String name : List.of("../x", "/etc", "a/b", "", ".", "..", "x".repeat(200))) {
            assertThatThrownBy(() -> store.file(name, "x")).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> store.sink(name).begin()).isInstanceOf(IOException.class);
        }
    }

    private OutputReport collect(String leaseId, byte[]... contents) throws IOException {
        ArtifactSink sink = store.sink(leaseId);
        List<OutputReport.File> files = new java.util.ArrayList<>();
        for (byte[] content : contents) {
            String name = "file-" + files.size();
            OutputFile file = new OutputFile(name, content.length, ArtifactBroker.digest(content), false);
            try (ArtifactSink.Draft draft = sink.begin()) {
                draft.write(content, content.length);
                draft.keep(file);
            }
            files.add(new OutputReport.File(name, content.length, file.sha256(), false));
        }
        return new OutputReport(files, List.of(), 0);
    }
}
