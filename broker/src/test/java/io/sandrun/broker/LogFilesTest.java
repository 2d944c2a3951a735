package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What logs cost the broker: open files while a node holds the job, and room on the disk while there is enough. */
class LogFilesTest {
    private static final int TIB_MB = 1 << 20;

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "node");
    }

    /** The logs that this process has open. */
    private List<Path> open() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .map(LogFilesTest::target)
                    .filter(file -> file.startsWith(directory))
                    .filter(file -> file.toString().contains(".log"))
                    .toList();
        }
    }

    /** Whoever has read a log may have its last byte before the broker closes it; each question waits a while. */
    private void awaitNoneOpen() throws IOException {
        String waiting = broker.submit(Map.of("code", "2", "not_before", System.currentTimeMillis() / 1000.0 + 3600));
        for (int tries = 0; tries < 50 && !open().isEmpty(); tries++) {
            broker.get("/status/" + waiting + "?wait=0.1");
        }
        assertThat(open()).isEmpty();
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException closedMeanwhile) {
            return Path.of("");
        }
    }

    private String text(String jobId) {
        return broker.get("/logs/" + jobId + "?format=text").raw().body();
    }

    @Test
    void a_job_that_waits_for_its_next_attempt_holds_no_open_file() throws Exception {
        String jobId = broker.submit(Map.of("code", "1", "retries", 1, "retry_backoff_seconds", 3600));
        Job job = node.claimOne();
        node.appendLog(job, 0, "out:first\n");
        assertThat(open()).hasSize(1);
        assertThat(node.completeWithLog(job, "exit_nonzero", 6).status()).isEqualTo(200);
        assertThat(broker.state(jobId)).isEqualTo("pending");
        awaitNoneOpen();
        assertThat(text(jobId)).isEqualTo("first\n");
        broker.post("/cancel/" + jobId, "{}");
        assertThat(text(jobId)).isEqualTo("first\n");
        awaitNoneOpen();
    }

    @Test
    void the_log_of_the_last_attempt_is_shown_until_the_next_one_prints() throws Exception {
        String jobId = broker.submit("x");
        Job first = node.claimOne();
        node.appendLog(first, 0, "out:first\n");
        node.release(false, first);
        awaitNoneOpen();
        Job second = node.claimOne();
        assertThat(text(jobId)).isEqualTo("first\n");
        node.appendLog(second, 0, "out:second\n");
        assertThat(text(jobId)).isEqualTo("second\n");
        node.release(false, second);
        broker.post("/cancel/" + jobId, "{}");
        awaitNoneOpen();
        assertThat(text(jobId)).isEqualTo("second\n");
    }

    @Test
    void a_disk_without_room_takes_no_logs_and_the_job_goes_on() {
        assumeThat(directory.toFile().getUsableSpace())
                .as("the largest setting is more than the disk has")
                .isLessThan(1L << 40);
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.minFreeDiskMb(TIB_MB));
        node = ScriptedNode.register(broker, "node");
        String jobId = broker.submit("x");
        Job job = node.claimOne();
        Reply refused = node.appendLog(job, 0, "out:much\n");
        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.body().path("logs").path(0).path("code").asText()).isEqualTo("disk_full");
        assertThat(node.complete(job, "much\n").status()).isEqualTo(200);
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("much\n");
    }
}
