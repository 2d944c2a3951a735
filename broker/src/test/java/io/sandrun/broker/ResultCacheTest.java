package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that are given earlier results. */
class ResultCacheTest {
    private static final Duration TTL = Duration.ofHours(1);

    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.resultTtl(TTL), clock);
        node = ScriptedNode.register(broker, "one");
    }

    private static Map<String, Object> job(Object cache) {
        return Map.of("code", "print(1)", "cache", cache);
    }

    private String ran(Map<String, ?> job) {
        String jobId = broker.submit(job);
        node.complete(node.claimOne(), "1\n");
        return jobId;
    }

    @Test
    void the_same_job_again_has_its_result_at_once_as_a_job_of_its_own() {
        String first = ran(job(true));
        Reply again = broker.post("/submit", job(true));
        assertThat(again.text("job_id")).isNotEqualTo(first);
        assertThat(again.text("state")).isEqualTo("completed");
        assertThat(again.body().path("cached").asBoolean()).isTrue();
        JsonNode result = broker.get("/results/" + again.text("job_id")).body();
        assertThat(result.path("output").asText()).isEqualTo("1\n");
        assertThat(result.path("cached").asBoolean()).isTrue();
        assertThat(result.path("cached_from").asText()).isEqualTo(first);
        JsonNode status = broker.get("/status/" + again.text("job_id")).body();
        assertThat(status.path("status").asText()).isEqualTo("completed");
        assertThat(status.path("cached_from").asText()).isEqualTo(first);
        assertThat(status.path("timeline")).hasSize(2);
        assertThat(node.claim(1, 0)).isEmpty();
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
        assertThat(broker.get("/results/" + first).body().path("cached").asBoolean())
                .isFalse();
    }

    @Test
    void the_pool_counts_each_job_that_is_remembered_once() {
        ran(job(true));
        broker.post("/submit", job(true));
        broker.submit("print(2)");
        for (int time = 0; time < 2; time++) {
            broker.send(broker.request("/submit")
                    .header("Content-Type", "application/json")
                    .header("Idempotency-Key", "the same")
                    .POST(BodyPublishers.ofString("{\"code\": \"print(3)\"}")));
        }
        assertThat(broker.get("/pool").body().path("total_jobs").asInt()).isEqualTo(4);
        broker.close();
        // A sweep comes ten times in that time, by the real clock.
        Duration soon = Duration.ofSeconds(1);
        broker = BrokerUnderTest.start(directory, settings -> settings.resultTtl(soon), clock);
        assertThat(broker.get("/pool").body().path("total_jobs").asInt()).isEqualTo(4);
        clock.advance(soon.multipliedBy(2));
        BrokerUnderTest.await(
                () -> broker.get("/pool").body().path("total_jobs").asInt() == 2);
    }

    @Test
    void a_run_is_answered_with_the_earlier_result() {
        String first = ran(job("shared"));
        Reply again = broker.post("/run", job("shared"));
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("output")).isEqualTo("1\n");
        assertThat(again.text("cached_from")).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({"true, shared", "shared, true", "false, true", "true, false", "false, false"})
    void who_does_not_share_alike_shares_nothing(String first, String then) {
        ran(job(written(first)));
        assertThat(broker.post("/submit", job(written(then))).text("state")).isEqualTo("pending");
    }

    private static Object written(String cache) {
        return cache.equals("shared") ? cache : Boolean.valueOf(cache);
    }

    @Test
    void whatever_may_change_the_result_makes_another_job() {
        ran(job(true));
        Map<String, Object> changes = Map.of(
                "code",
                "print(2)",
                "interpreter",
                "bash",
                "args",
                new String[] {"a"},
                "env",
                Map.of("A", "1"),
                "stdin",
                "x",
                "timeout",
                7,
                "memory_mb",
                64);
        changes.forEach((field, value) -> {
            Map<String, Object> other = new HashMap<>(job(true));
            other.put(field, value);
            assertThat(broker.post("/submit", other).text("state")).as(field).isEqualTo("pending");
        });
        assertThat(broker.post("/submit", Map.of("code", "print(1)", "cache", true, "priority", 5))
                        .text("state"))
                .isEqualTo("completed");
    }

    @Test
    void only_success_is_given_again() {
        broker.submit(job(true));
        assertThat(broker.post("/submit", job(true)).text("state")).isEqualTo("pending");
        node.report(node.claimOne(), "exit_nonzero", "", 1);
        assertThat(broker.post("/submit", job(true)).text("state")).isEqualTo("pending");
    }

    @Test
    void an_earlier_result_counts_after_a_restart_and_no_longer_than_it_is_kept() {
        ran(job(true));
        broker.close();
        clock.advance(TTL.minusSeconds(1));
        start();
        String late = broker.post("/submit", job(true)).text("job_id");
        assertThat(broker.state(late)).isEqualTo("completed");
        clock.advance(Duration.ofSeconds(2));
        assertThat(broker.post("/submit", job(true)).text("state")).isEqualTo("pending");
        assertThat(broker.result(late).path("output").asText()).isEqualTo("1\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"mine\"", "1", "[]"})
    void a_wish_that_means_nothing_is_refused(String cache) {
        Reply reply = broker.post("/submit", "{\"code\": \"1\", \"cache\": " + cache + "}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo("cache");
    }
}
