package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that is sent again under its key. */
class IdempotencyTest {
    private static final Map<String, Object> JOB = Map.of("code", "print(1)", "env", Map.of("A", "1", "B", "2"));

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    private Reply submit(String path, String key, Object body) {
        return broker.send(broker.request(path)
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body instanceof String text ? text : Json.write(body))));
    }

    @Test
    void the_same_key_and_body_are_the_same_job() {
        Reply first = submit("/submit", "order 66", JOB);
        Reply again = submit("/submit", "order 66", JOB);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("job_id")).isEqualTo(first.text("job_id"));
        assertThat(broker.get("/health").body().path("jobs").asInt()).isEqualTo(1);
    }

    @Test
    void a_body_that_says_the_same_in_another_order_is_the_same_body() {
        Reply first = submit("/submit", "k", """
                {"code": "print(1)", "env": {"A": "1", "B": "2"}}""");
        Reply again = submit("/submit", "k", """
                {"env": {"B": "2", "A": "1"}, "interpreter": "python3", "code": "print(1)"}""");
        assertThat(again.text("job_id")).isEqualTo(first.text("job_id"));
    }

    @Test
    void the_same_key_with_another_body_is_a_conflict_and_submits_nothing() {
        String jobId = submit("/submit", "k", JOB).text("job_id");
        Reply other = submit("/submit", "k", Map.of("code", "print(2)"));
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.text("code")).isEqualTo("idempotency_conflict");
        assertThat(other.body().path("details").path("job_id").asText()).isEqualTo(jobId);
        Reply moreOfIt = submit("/submit", "k", Map.of("code", "print(1)", "env", JOB.get("env"), "retries", 1));
        assertThat(moreOfIt.status()).isEqualTo(409);
        assertThat(broker.get("/health").body().path("jobs").asInt()).isEqualTo(1);
    }

    @Test
    void requests_of_the_same_moment_make_one_job() {
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int count = 0; count < 20; count++) {
            replies.add(CompletableFuture.supplyAsync(() -> submit("/submit", "k", JOB)));
        }
        assertThat(replies.stream().map(reply -> answer(reply).text("job_id")).distinct())
                .hasSize(1);
    }

    @Test
    void a_repeated_run_answers_the_result_of_the_first() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = submit("/submit", "k", JOB).text("job_id");
        node.complete(node.claimOne(), "1\n");
        Reply again = submit("/run", "k", JOB);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("job_id")).isEqualTo(jobId);
        assertThat(again.text("output")).isEqualTo("1\n");
        assertThat(submit("/submit", "k", JOB).text("state")).isEqualTo("completed");
    }

    @Test
    void a_key_outlives_the_broker() {
        String jobId = submit("/submit", "k", JOB).text("job_id");
        broker.close();
        broker = BrokerUnderTest.start(directory);
        assertThat(submit("/submit", "k", JOB).text("job_id")).isEqualTo(jobId);
    }

    @Test
    void a_repeated_batch_is_the_same_jobs_and_a_shorter_one_is_a_conflict() {
        Map<String, Object> batch = Map.of("jobs", List.of(JOB, JOB, Map.of("code", "print(3)")));
        List<String> first = ids(submit("/submit/batch", "k", batch));
        assertThat(first).hasSize(3).doesNotHaveDuplicates();
        assertThat(ids(submit("/submit/batch", "k", batch))).isEqualTo(first);
        Reply shorter = submit("/submit/batch", "k", Map.of("jobs", List.of(JOB, JOB)));
        assertThat(shorter.text("code")).isEqualTo("idempotency_conflict");
        assertThat(broker.get("/health").body().path("jobs").asInt()).isEqualTo(3);
    }

    @Test
    void a_key_finds_the_jobs_that_were_submitted_under_it_page_by_page() {
        Map<String, Object> batch = Map.of("jobs", List.of(JOB, JOB, Map.of("code", "print(3)"), JOB, JOB));
        List<String> newestFirst = new ArrayList<>(ids(submit("/submit/batch", "two words", batch)));
        Collections.reverse(newestFirst);
        String alone = submit("/submit", "k", JOB).text("job_id");
        broker.submit("print('without a key')");

        assertThat(ids(broker.get("/jobs?key=k"))).containsExactly(alone);
        assertThat(ids(broker.get("/jobs?key=none"))).isEmpty();
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            Reply page = broker.get("/jobs?limit=2&key=two%20words" + cursor);
            seen.addAll(ids(page));
            cursor = page.body().path("cursor").isNull() ? "" : "&cursor=" + page.text("cursor");
        } while (!cursor.isEmpty());
        assertThat(seen).isEqualTo(newestFirst);
    }

    @Test
    void a_key_finds_nothing_of_other_clients() throws IOException {
        submit("/submit", "k", JOB);
        RawHttp reply = RawHttp.askFrom("127.0.1.2", broker.port(), "GET /jobs?key=k HTTP/1.1", "Host: 127.0.0.1");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).contains("\"jobs\":[]");
    }

    @Test
    void a_key_and_other_filters_are_asked_for_together() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> ids = ids(submit("/submit/batch", "k", Map.of("jobs", List.of(JOB, JOB))));
        node.complete(node.claimOne(), "1\n");
        assertThat(ids(broker.get("/jobs?key=k&state=completed"))).containsExactly(ids.get(0));
        assertThat(ids(broker.get("/jobs?key=k&state=pending"))).containsExactly(ids.get(1));
        assertThat(ids(broker.get("/jobs?key=k&node=" + node.id()))).containsExactly(ids.get(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%00", "%C3%BC"})
    void a_list_of_what_can_be_no_key_is_refused(String key) {
        Reply reply = broker.get("/jobs?key=" + key);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo("key");
    }

    private static List<String> ids(Reply reply) {
        List<String> ids = new ArrayList<>();
        for (JsonNode job : reply.body().path("jobs")) {
            ids.add(job.path("job_id").asText());
        }
        return ids;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void a_key_of_no_or_too_many_characters_is_refused(int length) {
        Reply reply = submit("/submit", "k".repeat(length), JOB);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text("code")).isEqualTo("invalid_field");
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo("Idempotency-Key");
    }

    @Test
    void a_key_of_255_characters_is_taken() {
        assertThat(submit("/submit", "k".repeat(255), JOB).status()).isEqualTo(200);
    }
}
