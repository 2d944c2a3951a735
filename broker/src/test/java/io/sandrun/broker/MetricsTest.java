package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.store.WriteObserver.Step;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker tells those that watch it. */
class MetricsTest {
    @TempDir
    Path directory;

    private final AtomicBoolean isDiskBroken = new AtomicBoolean();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = start(0);
    }

    private BrokerUnderTest start(int minFreeDiskMb) {
        WriteObserver observer = step -> {
            if (step == Step.COMMIT && isDiskBroken.get()) {
                throw new IllegalStateException("the disk is broken");
            }
        };
        return BrokerUnderTest.start(
                directory, settings -> settings.minFreeDiskMb(minFreeDiskMb), Clock.systemUTC(), observer);
    }

    private String scrape() {
        Reply reply = broker.get("/metrics");
        assertThat(reply.status()).isEqualTo(200);
        return reply.raw().body();
    }

    /** The value of a series now, written as Prometheus writes it. */
    private double value(String series) {
        return value(scrape(), series);
    }

    private static double value(String text, String series) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$").matcher(text);
        return line.find() ? Double.parseDouble(line.group(1)) : Double.NaN;
    }

    @Test
    void jobs_are_counted_on_their_way() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit("print(1)");
        broker.submit(Map.of("code", "true", "interpreter", "bash"));
        String jobId = broker.submit("print(2)");
        assertThat(value("sandrun_jobs_queued_total")).isEqualTo(3);
        assertThat(queued("python3")).isEqualTo(2);
        assertThat(queued("bash")).isEqualTo(1);
        assertThat(value("sandrun_nodes{state=\"active\"}")).isEqualTo(1);
        assertThat(value("sandrun_node_slots")).isEqualTo(4);

        List<ScriptedNode.Job> jobs = node.claim(3, 10);
        assertThat(jobs).hasSize(3);
        assertThat(value("sandrun_leased_jobs")).isEqualTo(3);
        assertThat(queued("python3")).isNaN();
        assertThat(value("sandrun_job_claim_seconds_count")).isEqualTo(3);
        node.completeWith(
                jobs.get(0),
                "",
                "",
                Map.of("code", "ok", "start", "warm", "usage", Map.of("cpu_seconds", 0.02, "wall_time_ms", 30)));
        node.report(jobs.get(1), "exit_nonzero", "", 3);
        assertThat(value("sandrun_jobs_ended_total{code=\"ok\"}")).isEqualTo(1);
        assertThat(value("sandrun_jobs_ended_total{code=\"exit_nonzero\"}")).isEqualTo(1);
        assertThat(value("sandrun_jobs_ended_total{code=\"timed_out\"}")).isZero();
        assertThat(value("sandrun_starts_total{start=\"warm\"}")).isEqualTo(1);
        assertThat(value("sandrun_starts_total{start=\"cold\"}")).isZero();
        assertThat(value("sandrun_sandbox_seconds_total")).isEqualTo(0.06);
        assertThat(value("sandrun_sandbox_cpu_seconds_total")).isEqualTo(0.04);

        node.release(false, jobs.get(2));
        broker.post("/cancel/" + jobId, Map.of());
        assertThat(value("sandrun_leased_jobs")).isZero();
    }

    @Test
    void an_attempt_after_which_the_job_is_tried_again_counts_as_one() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit(Map.of("code", "exit(3)", "retries", 1));
        node.report(node.claimOne(), "exit_nonzero", "", 3);
        assertThat(value("sandrun_attempts_reported_total{code=\"exit_nonzero\"}"))
                .isEqualTo(1);
        assertThat(value("sandrun_sandbox_seconds_total")).isEqualTo(0.03);
        assertThat(value("sandrun_jobs_ended_total{code=\"exit_nonzero\"}")).isZero();
    }

    @Test
    void an_attempt_that_its_node_could_not_run_counts_as_one() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit("print(1)");
        node.report(node.claimOne(), "sandbox_error", "", -1);
        assertThat(value("sandrun_attempts_reported_total{code=\"sandbox_error\"}"))
                .isEqualTo(1);
    }

    private double queued(String interpreter) {
        String body = broker.get("/metrics").raw().body();
        Matcher line = Pattern.compile("(?m)^sandrun_queue_jobs\\{class=\"\\d+\",environment=\"\",interpreter=\""
                        + interpreter + "\"} (\\S+)$")
                .matcher(body);
        return line.find() ? Double.parseDouble(line.group(1)) : Double.NaN;
    }

    @Test
    void requests_are_counted_by_route_and_the_store_by_commit() {
        broker.submit("print(1)");
        broker.get("/status/one");
        broker.get("/status/two");
        broker.get("/no/such/path/" + "x".repeat(50));
        awaitRequests("POST", "/submit", "2xx", 1);
        awaitRequests("GET", "/status/{id}", "4xx", 2);
        String text = scrape();
        assertThat(text).doesNotContain("xxx").contains("jvm_memory_used_bytes");
        assertThat(value(text, "sandrun_store_commit_seconds_count"))
                .isPositive()
                .isEqualTo(value(text, "sandrun_store_commit_operations_count"));
    }

    @Test
    void what_is_held_open_is_counted_until_it_ends() throws IOException {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        assertThat(value("sandrun_waiting_claims")).isZero();
        CompletableFuture<List<ScriptedNode.Job>> claim = node.claimParked(1, 30);
        assertThat(value("sandrun_waiting_claims")).isEqualTo(1);
        assertThat(value("sandrun_open_streams{kind=\"presence\"}")).isZero();
        try (Socket events = new Socket(InetAddress.getLoopbackAddress(), broker.port());
                Socket log = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            ask(events, "/events");
            BrokerUnderTest.await(() -> value("sandrun_open_streams{kind=\"events\"}") == 1);
            String jobId = broker.submit("print(1)");
            assertThat(BrokerUnderTest.answer(claim)).hasSize(1);
            ask(log, "/logs/" + jobId + "/stream");
            BrokerUnderTest.await(() -> value("sandrun_open_streams{kind=\"logs\"}") == 1);
        }
        // It is noticed when the next sample is told, within a second.
        BrokerUnderTest.await(() -> value("sandrun_open_streams{kind=\"events\"}") == 0);
        assertThat(value("sandrun_waiting_claims")).isZero();
    }

    private static void ask(Socket socket, String path) throws IOException {
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** A request is counted when it was answered, and so a moment after its caller goes on. */
    private void awaitRequests(String method, String route, String status, int count) {
        String series = "sandrun_http_request_seconds_count{method=\"%s\",route=\"%s\",status=\"%s\"}"
                .formatted(method, route, status);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (value(series) != count) {
            assertThat(System.nanoTime()).as(series).isLessThan(deadline);
        }
    }

    @Test
    void where_there_are_keys_a_scraper_needs_one_of_role_read() {
        BrokerUnderTest admin = broker.as(broker.key("admin"));
        String read = admin.key("read");
        String node = admin.key("node");
        assertThat(broker.get("/metrics").status()).isEqualTo(401);
        assertThat(broker.as(node).get("/metrics").status()).isEqualTo(403);
        Reply scraped = broker.send(broker.request("/metrics").header("Authorization", "Bearer " + read));
        assertThat(scraped.status()).isEqualTo(200);
        assertThat(scraped.raw().headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/plain; version=0.0.4");
        assertThat(broker.get("/ready").status()).isEqualTo(200);
        assertThat(ApiKey.isIn(scraped.raw().body())).isFalse();
    }

    @Test
    void a_broker_whose_disk_takes_no_writes_is_not_ready() {
        isDiskBroken.set(true);
        Reply reply = broker.get("/ready");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.text("code")).isEqualTo("unavailable");
        assertThat(reply.body().path("details").path("store_writes").asBoolean(true))
                .isFalse();
        assertThat(broker.get("/health").status()).isEqualTo(200);
        assertThat(value("sandrun_store_commits_failed_total")).isPositive();
    }

    @Test
    void a_broker_whose_disk_has_too_little_room_is_not_ready() {
        broker.close();
        broker = start(1 << 20);
        Reply reply = broker.get("/ready");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.body().path("details").path("disk_has_room").asBoolean(true))
                .isFalse();
        assertThat(reply.text("error")).contains("room");
    }
}
