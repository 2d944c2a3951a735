package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.ApiKey;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No client has more than its quota, and nothing is lost at its edge. */
class QuotasTest {
    private static final Map<String, String> JOB = Map.of("code", "x");

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private String adminKey;
    private BrokerUnderTest admin;
    private Duration resultTtl = Duration.ofHours(1);
    private int nodes;

    @BeforeEach
    void start() {
        open();
        clock.advance(Duration.ofSeconds(1));
        adminKey = broker.key("admin");
        admin = broker.as(adminKey);
    }

    private void open() {
        broker = BrokerUnderTest.start(
                directory, settings -> settings.verifySameAddress(true).resultTtl(resultTtl), clock);
    }

    private BrokerUnderTest client(Map<String, ?> quota) {
        Map<String, Object> wish = new HashMap<>(quota);
        wish.put("role", "submit");
        Reply made = admin.post("/keys", wish);
        assertThat(made.status()).as(made.toString()).isEqualTo(200);
        return broker.as(made.text("key"));
    }

    private static void over(Reply reply, String quota) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(429);
        assertThat(reply.text("error")).isEqualTo("Rate limit exceeded");
        assertThat(reply.text("code")).isEqualTo("quota_exceeded");
        assertThat(reply.text("reason")).endsWith(".");
        assertThat(reply.body().path("details").path("quota").asText()).isEqualTo(quota);
        int after = reply.body().path("retry_after").asInt();
        assertThat(after).isPositive();
        assertThat(reply.raw().headers().firstValue("Retry-After")).contains(Integer.toString(after));
    }

    private static JsonNode quota(BrokerUnderTest caller) {
        Reply reply = caller.get("/stats");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return reply.body().path("your_quota");
    }

    @Test
    void of_a_hundred_submits_at_once_exactly_as_many_pass_as_there_are_places() {
        BrokerUnderTest client = client(Map.of("concurrent_jobs", 5));
        List<CompletableFuture<Reply>> later = IntStream.range(0, 100)
                .mapToObj(each -> client.postLater("/submit", JOB))
                .toList();
        List<Reply> replies = later.stream().map(BrokerUnderTest::answer).toList();
        assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(5);
        replies.stream().filter(reply -> reply.status() != 200).forEach(reply -> over(reply, "concurrent_jobs"));
        assertThat(client.get("/jobs").body().path("jobs")).hasSize(5);
        assertThat(quota(client).path("active_jobs").asInt()).isEqualTo(5);
        assertThat(quota(client).path("can_submit").asBoolean()).isFalse();
    }

    @Test
    void a_place_is_free_again_when_a_job_ends_however_it_does() {
        BrokerUnderTest client = client(Map.of("concurrent_jobs", 2));
        ScriptedNode node = ScriptedNode.register(broker.as(admin.key("node")), "node");
        String first = client.submit("1");
        String second = client.submit("2");
        over(client.post("/submit", JOB), "concurrent_jobs");
        assertThat(client.post("/cancel/" + first, Map.of()).status()).isEqualTo(200);
        client.submit("3");
        over(client.post("/submit", JOB), "concurrent_jobs");
        ScriptedNode.Job held = node.claimOne();
        assertThat(held.id()).isEqualTo(second);
        assertThat(node.complete(held, "out").status()).isEqualTo(200);
        client.submit("4");
        over(client.post("/run", JOB), "concurrent_jobs");
    }

    @Test
    void a_batch_beyond_the_quota_is_refused_whole_and_one_within_is_taken() {
        BrokerUnderTest client = client(Map.of("concurrent_jobs", 3));
        over(client.post("/submit/batch", Map.of("jobs", List.of(JOB, JOB, JOB, JOB))), "concurrent_jobs");
        assertThat(client.get("/jobs").body().path("jobs")).isEmpty();
        assertThat(client.post("/submit/batch", Map.of("jobs", List.of(JOB, JOB, JOB)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void the_hour_slides_and_a_refusal_tells_how_long_to_wait() {
        BrokerUnderTest client = client(Map.of("jobs_per_hour", 2));
        client.submit("1");
        clock.advance(Duration.ofMinutes(30));
        client.submit("2");
        Reply refused = client.post("/submit", JOB);
        over(refused, "jobs_per_hour");
        int wait = refused.body().path("retry_after").asInt();
        assertThat(wait).isBetween(29 * 60, 31 * 60);
        clock.advance(Duration.ofSeconds(wait));
        client.submit("3");
        over(client.post("/submit", JOB), "jobs_per_hour");
        assertThat(quota(client).path("used").asInt()).isEqualTo(2);
        assertThat(quota(client).path("available").asInt()).isZero();
    }

    @Test
    void a_repeated_submit_and_a_bad_one_cost_nothing() {
        BrokerUnderTest client = client(Map.of("concurrent_jobs", 3, "jobs_per_hour", 3));
        for (int times = 0; times < 5; times++) {
            Reply reply = submitAs(client, "one", "x");
            assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
            assertThat(client.post("/submit", Map.of("kode", "x")).status()).isEqualTo(400);
        }
        assertThat(quota(client).path("used").asInt()).isEqualTo(1);
        assertThat(quota(client).path("active_jobs").asInt()).isEqualTo(1);
    }

    private static HttpRequest.Builder submission(BrokerUnderTest client, String key, String code) {
        return client.request("/submit")
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(Map.of("code", code))));
    }

    private static Reply submitAs(BrokerUnderTest client, String key, String code) {
        return client.send(submission(client, key, code));
    }

    @Test
    void submits_that_are_sent_again_at_once_need_one_place_together() {
        BrokerUnderTest client = client(Map.of("concurrent_jobs", 1));
        List<CompletableFuture<Reply>> later = IntStream.range(0, 20)
                .mapToObj(each -> BrokerUnderTest.sendLater(submission(client, "one", "x")))
                .toList();
        List<Reply> replies = later.stream().map(BrokerUnderTest::answer).toList();
        assertThat(replies).allMatch(reply -> reply.status() == 200);
        assertThat(replies.stream().map(reply -> reply.text("job_id")).distinct())
                .hasSize(1);
        assertThat(quota(client).path("active_jobs").asInt()).isEqualTo(1);
    }

    @Test
    void a_submit_that_is_sent_again_is_answered_although_the_quota_is_full() {
        BrokerUnderTest client = client(Map.of("concurrent_jobs", 1));
        String jobId = submitAs(client, "one", "x").text("job_id");
        over(client.post("/submit", JOB), "concurrent_jobs");
        Reply again = submitAs(client, "one", "x");
        assertThat(again.status()).as(again.toString()).isEqualTo(200);
        assertThat(again.text("job_id")).isEqualTo(jobId);
        assertThat(submitAs(client, "one", "y").text("code")).isEqualTo("idempotency_conflict");
        over(submitAs(client, "two", "x"), "concurrent_jobs");
    }

    @Test
    void the_cpu_time_of_copies_of_a_verified_job_counts() {
        BrokerUnderTest client = client(Map.of("cpu_seconds_per_minute", 0.001));
        ScriptedNode node = ScriptedNode.register(broker.as(admin.key("node")), "node");
        client.submit(Map.of("code", "1", "verify", Map.of("replicas", 2, "quorum", 2)));
        ScriptedNode.Job held = node.claimOne();
        assertThat(node.complete(held, "out").status()).isEqualTo(200);
        assertThat(quota(client).path("cpu_seconds").asDouble()).isPositive();
        over(client.post("/submit", JOB), "cpu_seconds_per_minute");
        JsonNode before = quota(client);
        client = restarted(client);
        assertThat(quota(client)).isEqualTo(before);
    }

    /** The same client of the broker after its restart. */
    private BrokerUnderTest restarted(BrokerUnderTest client) {
        broker.close();
        open();
        admin = broker.as(adminKey);
        return client.at(broker);
    }

    @Test
    void cpu_time_counts_for_a_minute() {
        BrokerUnderTest client = client(Map.of("cpu_seconds_per_minute", 0.001));
        ScriptedNode node = ScriptedNode.register(broker.as(admin.key("node")), "node");
        client.submit("1");
        ScriptedNode.Job held = node.claimOne();
        assertThat(node.complete(held, "out").status()).isEqualTo(200);
        double used = quota(client).path("cpu_seconds").asDouble();
        assertThat(used).isPositive();
        over(client.post("/submit", JOB), "cpu_seconds_per_minute");
        clock.advance(Duration.ofSeconds(30));
        client = restarted(client);
        assertThat(quota(client).path("cpu_seconds").asDouble()).isEqualTo(used);
        over(client.post("/submit", JOB), "cpu_seconds_per_minute");
        clock.advance(Duration.ofSeconds(31));
        client.submit("2");
    }

    @Test
    void the_cpu_time_of_attempts_that_failed_counts() {
        BrokerUnderTest client = client(Map.of("cpu_seconds_per_minute", 10));
        ScriptedNode node = ScriptedNode.register(broker.as(admin.key("node")), "node");
        client.submit(Map.of("code", "1", "retries", 1));
        node.report(node.claimOne(), "exit_nonzero", "", 3);
        double once = quota(client).path("cpu_seconds").asDouble();
        assertThat(once).isPositive();
        node.report(node.claimOne(), "exit_nonzero", "", 3);
        assertThat(quota(client).path("cpu_seconds").asDouble()).isGreaterThan(once);
    }

    /** Bytes that nobody else has. */
    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) size);
        return bytes;
    }

    private static long stored(BrokerUnderTest client) {
        return quota(client).path("stored_bytes").asLong();
    }

    private static Reply upload(BrokerUnderTest client, byte[] input) {
        return new UploadForm()
                .manifest("{\"entrypoint\": \"main.py\"}")
                .file("main.py", input)
                .submit(client);
    }

    @Test
    void files_count_from_the_submit_until_their_job_is_forgotten() {
        BrokerUnderTest client = client(Map.of("stored_bytes", 5_000));
        ScriptedNode node =
                ScriptedNode.register(broker.as(admin.key("node")), "node", Map.of("features", List.of("files")));
        assertThat(upload(client, bytes(1_000)).status()).isEqualTo(200);
        assertThat(stored(client)).isEqualTo(1_000);
        ScriptedNode.Job held = node.claimOne();
        assertThat(new FilesOfNode(node, held)
                        .with("out", bytes(3_000))
                        .report()
                        .status())
                .isEqualTo(200);
        assertThat(stored(client)).isEqualTo(4_000);
        over(upload(client, bytes(1_001)), "stored_bytes");
        resultTtl = Duration.ofSeconds(1); // Of the broker's clock, which stands still.
        client = restarted(client);
        assertThat(stored(client)).isEqualTo(4_000);
        over(upload(client, bytes(1_001)), "stored_bytes");
        clock.advance(resultTtl.plusSeconds(1));
        BrokerUnderTest later = client;
        BrokerUnderTest.await(() -> stored(later) == 0);
        assertThat(upload(client, bytes(1_001)).status()).isEqualTo(200);
    }

    @Test
    void the_files_that_a_job_is_given_with_an_answer_count_like_those_that_it_left_itself() {
        BrokerUnderTest client = client(Map.of("stored_bytes", 10_000));
        Map<String, ?> cached = Map.of("code", "1", "cache", true);
        client.submit(cached);
        answerWithFile(1_000);
        assertThat(client.post("/submit", cached).text("state")).isEqualTo("completed");
        assertThat(stored(client)).isEqualTo(2_000);
        String verified = client.submit(Map.of("code", "2", "verify", Map.of("replicas", 2, "quorum", 2)));
        answerWithFile(3_000);
        answerWithFile(3_000);
        client.result(verified);
        assertThat(stored(client)).isEqualTo(5_000);
        assertThat(stored(restarted(client))).isEqualTo(5_000);
    }

    /** Another node each time, of another owner. */
    private void answerWithFile(int size) {
        ScriptedNode node = ScriptedNode.register(broker.as(admin.key("node")), "node " + nodes++);
        Reply reply =
                new FilesOfNode(node, node.claimOne()).with("out", bytes(size)).report();
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    }

    @Test
    void limits_may_be_changed_and_counts_outlive_the_broker() {
        Reply made = admin.post("/keys", Map.of("role", "submit", "concurrent_jobs", 1));
        String id = ApiKey.parse(made.text("key")).orElseThrow().id();
        broker.as(made.text("key")).submit("1");
        broker.close();
        open();
        BrokerUnderTest client = broker.as(made.text("key"));
        over(client.post("/submit", JOB), "concurrent_jobs");
        assertThat(broker.as(adminKey)
                        .post("/keys/" + id + "/quota", Map.of("concurrent_jobs", 2))
                        .body()
                        .path("concurrent_jobs")
                        .asInt())
                .isEqualTo(2);
        client.submit("2");
        over(client.post("/submit", JOB), "concurrent_jobs");
    }

    @Test
    void the_stats_are_as_the_older_console_reads_them() {
        JsonNode stats = client(Map.of("jobs_per_hour", 20)).get("/stats").body();
        JsonNode quota = stats.path("your_quota");
        for (String number : List.of("used", "limit", "available", "active_jobs")) {
            assertThat(quota.path(number).isIntegralNumber()).as(number).isTrue();
        }
        assertThat(quota.path("limit").asInt()).isEqualTo(20);
        assertThat(quota.path("can_submit").isBoolean()).isTrue();
        assertThat(quota.path("reason").isTextual()).isTrue();
        assertThat(stats.path("system").path("queue_length").isIntegralNumber()).isTrue();
        assertThat(stats.path("system").path("active_jobs").isIntegralNumber()).isTrue();
    }

    @Test
    void without_keys_those_on_this_machine_have_no_limit(@TempDir Path other) {
        try (BrokerUnderTest open = BrokerUnderTest.start(
                other, settings -> settings.quota(settings.quota().withConcurrentJobs(1)))) {
            open.submit("1");
            open.submit("2");
            assertThat(answer(open.getLater("/stats"))
                            .body()
                            .path("your_quota")
                            .path("can_submit")
                            .asBoolean())
                    .isTrue();
        }
    }
}
