package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.log.LogPage;
import io.sandrun.protocol.log.LogPart;
import io.sandrun.protocol.log.LogStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs from a program in a sandbox to those who watch it: a real broker, a real node. */
class LogsTest {
    private static final double PATIENCE_SECONDS = 90;
    private static final int SLOTS = 4;

    /** Part 6 of the tutorial, with the indentation that its text lost, and a tenth of a second for each item. */
    private static final String TUTORIAL = """
            #!/usr/bin/env python3
            \"""Long-running job with progress updates\"""
            import time
            import sys
            def process_batch(batch_num, items):
                \"""Simulate processing a batch\"""
                print(f"[Batch {batch_num}] Processing {items} items...")
                sys.stdout.flush()
                for i in range(items):
                    time.sleep(0.1)  # Simulate work
                    if (i + 1) % 5 == 0:
                        print(f"  Progress: {i+1}/{items} items processed")
                        sys.stdout.flush()
                print(f"[Batch {batch_num}] ✓ Complete ({items} items)")
                sys.stdout.flush()
            def main():
                print("=== Starting Data Processing Pipeline ===\\n")
                sys.stdout.flush()
                batches = [
                    (1, 10),
                    (2, 15),
                    (3, 8),
                ]
                for batch_num, items in batches:
                    process_batch(batch_num, items)
                    print()
                    sys.stdout.flush()
                print("🎉 All batches processed successfully!")
                sys.stdout.flush()
            if __name__ == '__main__':
                main()
            """;

    private static final String TUTORIAL_OUTPUT = """
            === Starting Data Processing Pipeline ===

            [Batch 1] Processing 10 items...
              Progress: 5/10 items processed
              Progress: 10/10 items processed
            [Batch 1] ✓ Complete (10 items)

            [Batch 2] Processing 15 items...
              Progress: 5/15 items processed
              Progress: 10/15 items processed
              Progress: 15/15 items processed
            [Batch 2] ✓ Complete (15 items)

            [Batch 3] Processing 8 items...
              Progress: 5/8 items processed
            [Batch 3] ✓ Complete (8 items)

            🎉 All batches processed successfully!
            """;

    @TempDir
    static Path directory;

    private static Broker broker;
    private static NodeAgent node;
    private static BrokerClient client;

    @BeforeAll
    static void start() throws Exception {
        broker = Broker.start(BrokerConfig.builder(directory).port(0).build());
        client = new BrokerClient(URI.create(broker.url()));
        node = NodeAgent.start(NodeConfig.of(URI.create(broker.url()), directory.resolve("node"), SLOTS)
                .withInterpreters(Set.of("python3", "sh"))
                .withEnvironments(EnvironmentChoice.NONE)
                .withDrainTime(Duration.ZERO));
        assertThat(node.awaitRegistration(Duration.ofSeconds(30))).isTrue();
    }

    @AfterAll
    static void stop() {
        node.close();
        broker.close();
    }

    private static String submit(String interpreter, String code) throws IOException {
        return submit(
                Json.MAPPER.createObjectNode().put("interpreter", interpreter).put("code", code));
    }

    private static String submit(ObjectNode job) throws IOException {
        return client.submit(job).path("job_id").asText();
    }

    private static JobResult result(String jobId) throws IOException {
        return client.result(jobId, PATIENCE_SECONDS).orElseThrow();
    }

    /** Follows on a thread of its own; the parts as they come. */
    private static final class Follower {
        private final BlockingQueue<LogPart> parts = new LinkedBlockingQueue<>();
        private final CompletableFuture<String> whole;

        private Follower(String jobId) {
            StringBuilder text = new StringBuilder();
            whole = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            client.followLog(jobId, null, 0, part -> {
                                text.append(part.text());
                                parts.add(part);
                            });
                            return text.toString();
                        } catch (IOException failed) {
                            throw new UncheckedIOException(failed);
                        }
                    },
                    work -> new Thread(work, "follower").start());
        }

        private LogPart next() throws InterruptedException {
            LogPart part = parts.poll((long) PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(part).isNotNull();
            return part;
        }

        private String whole() {
            return whole.orTimeout((long) PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    private static byte[] text(String jobId, String query) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(client.url() + "/logs/" + jobId + "?format=text" + query))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofByteArray())
                .body();
    }

    @Test
    void the_tutorials_stream_comes_live_and_byte_for_byte() throws Exception {
        String jobId = submit("python3", TUTORIAL);
        Follower follower = new Follower(jobId);
        follower.next();
        long firstNanos = System.nanoTime();
        assertThat(follower.whole()).isEqualTo(TUTORIAL_OUTPUT);
        assertThat(System.nanoTime() - firstNanos).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
        assertThat(new String(text(jobId, ""), StandardCharsets.UTF_8)).isEqualTo(TUTORIAL_OUTPUT);
    }

    @Test
    void the_streams_are_merged_in_the_order_in_which_they_were_printed() throws Exception {
        String code = """
                import sys, time
                for i in range(12):
                    stream = sys.stderr if i % 3 == 1 else sys.stdout
                    print('line', i, '✓', file=stream, flush=True)
                    time.sleep(0.03)
                """;
        StringBuilder expected = new StringBuilder();
        for (int line = 0; line < 12; line++) {
            expected.append("line ").append(line).append(" ✓\n");
        }
        String jobId = submit("python3", code);
        List<LogPart> parts = new ArrayList<>();
        client.followLog(jobId, null, 0, parts::add);
        assertThat(parts.stream().map(LogPart::text).reduce("", String::concat)).isEqualTo(expected.toString());
        assertThat(parts).extracting(LogPart::time).isSorted();
        long end = 0;
        for (LogPart part : parts) {
            assertThat(part.offset()).isEqualTo(end);
            end = part.offset() + part.length();
        }
        LogPage page = client.log(jobId, LogStream.STDERR, 0);
        assertThat(page.stderr()).isEqualTo(result(jobId).error()).startsWith("line 1 ✓\nline 4");
    }

    /** One that the machine kept waiting for its turn was not short: that is another try's. */
    @Test
    void a_short_job_costs_no_message_and_keeps_its_order() throws Exception {
        boolean isSent = true;
        for (int tries = 0; tries < 20 && isSent; tries++) {
            String jobId = submit("sh", "echo one >&2; echo two; echo three >&2");
            result(jobId);
            assertThat(new String(text(jobId, ""), StandardCharsets.UTF_8)).contains("one\n", "two\n", "three\n");
            assertThat(client.log(jobId, null, 0).stdout()).isEqualTo("two\n");
            assertThat(client.log(jobId, null, 0).stderr()).isEqualTo("one\nthree\n");
            isSent = Files.exists(directory.resolve("logs").resolve(jobId + ".log"));
        }
        assertThat(isSent).isFalse();
    }

    @Test
    void the_log_goes_on_where_the_result_is_cut() throws Exception {
        String jobId = submit("python3", """
                import sys
                for i in range(50000):
                    sys.stdout.write('%099d\\n' % i)
                """);
        Follower follower = new Follower(jobId);
        JobResult result = result(jobId);
        assertThat(result.outputTruncated()).isTrue();
        StringBuilder expected = new StringBuilder();
        for (int line = 0; line < 50_000; line++) {
            expected.append("%099d\n".formatted(line));
        }
        assertThat(follower.whole()).isEqualTo(expected.toString());
        assertThat(text(jobId, "")).isEqualTo(expected.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(text(jobId, "&offset=4999990")).isEqualTo("000049999\n".getBytes(StandardCharsets.UTF_8));
        LogPage first = client.log(jobId, null, 0);
        assertThat(first.finished()).isFalse();
        LogPage second = client.log(jobId, null, first.nextOffset());
        assertThat(first.stdout() + second.stdout()).isEqualTo(expected.toString());
        assertThat(second.finished()).isTrue();
    }

    @Test
    void a_job_that_prints_too_much_leaves_all_that_it_was_allowed() throws Exception {
        String jobId = submit("sh", "yes 0123456789 2>/dev/null");
        assertThat(result(jobId).code()).isEqualTo(Outcome.OUTPUT_LIMIT);
        byte[] log = text(jobId, "");
        assertThat(log.length).isGreaterThanOrEqualTo(64 << 20);
        assertThat(new String(log, 0, 22, StandardCharsets.UTF_8)).isEqualTo("0123456789\n0123456789\n");
        assertThat(log[(64 << 20) / 11 * 11]).isEqualTo((byte) '0');
    }

    @Test
    void a_job_that_is_tried_again_has_a_log_for_each_attempt() throws Exception {
        String jobId = submit(Json.MAPPER
                .createObjectNode()
                .put("interpreter", "sh")
                .put("code", "echo try; sleep 0.2; echo end; exit 3")
                .put("retries", 1));
        List<LogPart> parts = new ArrayList<>();
        client.followLog(jobId, null, 0, parts::add);
        assertThat(parts.stream().map(LogPart::text).reduce("", String::concat)).isEqualTo("try\nend\ntry\nend\n");
        assertThat(parts).extracting(LogPart::attempt).contains(1, 2).isSorted();
        assertThat(client.log(jobId, null, 0).stdout()).isEqualTo("try\nend\n");
    }

    @Test
    void a_cancelled_job_keeps_what_it_had_printed() throws Exception {
        String jobId = submit("sh", "echo started; sleep 60");
        Follower follower = new Follower(jobId);
        follower.next();
        client.cancel(jobId);
        assertThat(follower.whole()).isEqualTo("started\n");
        assertThat(client.log(jobId, null, 0).finished()).isTrue();
    }

    @Test
    void a_watcher_that_never_reads_slows_neither_the_job_nor_another_watcher() throws Exception {
        String jobId = submit("sh", "sleep 1; head -c 30000000 /dev/zero | tr '\\0' 'x'");
        try (Socket deaf = new Socket(
                URI.create(client.url()).getHost(), URI.create(client.url()).getPort())) {
            deaf.setReceiveBufferSize(4096);
            deaf.getOutputStream().write("""
                            GET /logs/%s/stream HTTP/1.1\r
                            Host: localhost\r
                            Connection: Upgrade\r
                            Upgrade: websocket\r
                            Sec-WebSocket-Version: 13\r
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                            \r
                            """.formatted(jobId).getBytes(StandardCharsets.US_ASCII));
            InputStream answer = deaf.getInputStream();
            assertThat(new String(answer.readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 101");
            Follower follower = new Follower(jobId);
            assertThat(result(jobId).code()).isEqualTo(Outcome.OK);
            assertThat(follower.whole()).hasSize(30_000_000);
        }
    }

    @Test
    void two_hundred_watch_one_job_and_fifty_watch_fifty() throws Exception {
        String one = submit("sh", "sleep 0.5; for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; sleep 0.05; done");
        List<Follower> crowd = new ArrayList<>();
        for (int index = 0; index < 200; index++) {
            crowd.add(new Follower(one));
        }
        String lines = "line 1\nline 2\nline 3\nline 4\nline 5\nline 6\nline 7\nline 8\nline 9\nline 10\n";
        crowd.forEach(follower -> assertThat(follower.whole()).isEqualTo(lines));
        List<Follower> each = new ArrayList<>();
        for (int job = 0; job < 50; job++) {
            each.add(new Follower(submit("sh", "echo job " + job + "; sleep 0.1; echo done " + job)));
        }
        for (int job = 0; job < 50; job++) {
            assertThat(each.get(job).whole()).isEqualTo("job %d\ndone %d\n".formatted(job, job));
        }
    }

    @Test
    void a_restart_of_the_broker_in_the_middle_is_not_noticed() throws Exception {
        String jobId = submit("sh", "for i in $(seq 1 40); do echo line $i; sleep 0.1; done");
        Follower follower = new Follower(jobId);
        follower.next();
        int port = broker.port();
        broker.close();
        broker = Broker.start(BrokerConfig.builder(directory).port(port).build());
        StringBuilder expected = new StringBuilder();
        for (int line = 1; line <= 40; line++) {
            expected.append("line ").append(line).append('\n');
        }
        assertThat(follower.whole()).isEqualTo(expected.toString());
        assertThat(result(jobId).output()).isEqualTo(expected.toString());
        assertThat(directory.resolve("node").resolve("logs")).isEmptyDirectory();
    }
}
