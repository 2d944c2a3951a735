package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that wait for their time, come before others, or are tried again when their program failed. */
class RetryTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one");
    }

    @Test
    void a_job_of_higher_priority_comes_first() {
        String low = broker.submit(Map.of("code", "1", "priority", -100));
        String ordinary = broker.submit("2");
        String high = broker.submit(Map.of("code", "3", "priority", 100));
        assertThat(node.claim(3, 1).stream().map(Job::id)).containsExactly(high, ordinary, low);
    }

    @Test
    void a_program_that_fails_is_tried_as_often_as_its_submitter_wants() {
        String jobId = broker.submit(Map.of("code", "raise SystemExit(3)", "retries", 2));
        for (int attempt = 1; attempt <= 2; attempt++) {
            Job job = node.claimOne();
            assertThat(job.attempt()).isEqualTo(attempt);
            assertThat(node.report(job, "exit_nonzero", "", 3).status()).isEqualTo(200);
            assertThat(node.report(job, "exit_nonzero", "", 3).status())
                    .as("the same report again")
                    .isEqualTo(200);
            assertThat(broker.state(jobId)).isEqualTo("pending");
        }
        node.report(node.claimOne(), "timed_out", "late", 143);
        JsonNode result = broker.result(jobId);
        assertThat(result.path("code").asText()).isEqualTo("timed_out");
        assertThat(result.path("output").asText()).isEqualTo("late");
        assertThat(result.path("attempts").asInt()).isEqualTo(3);
    }

    @Test
    void a_program_that_succeeds_is_not_tried_again() {
        String jobId = broker.submit(Map.of("code", "print(1)", "retries", 5));
        node.complete(node.claimOne(), "1\n");
        assertThat(broker.result(jobId).path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void a_job_that_someone_wants_ended_is_not_tried_again() {
        String jobId = broker.submit(Map.of("code", "1", "retries", 5));
        Job job = node.claimOne();
        broker.post("/cancel/" + jobId, "{}");
        node.report(job, "signalled", "", 137);
        assertThat(broker.result(jobId).path("attempts").asInt()).isEqualTo(1);
    }

    @Test
    void a_retry_waits_and_says_until_when() {
        String jobId = broker.submit(Map.of("code", "1", "retries", 3, "retry_backoff_seconds", 3600));
        node.report(node.claimOne(), "exit_nonzero", "", 1);
        JsonNode status = broker.get("/status/" + jobId).body();
        assertThat(status.path("pending_reason").asText()).startsWith("It is tried again at 20");
        assertThat(status.path("reason").asText()).endsWith("Attempt 2 of 4 follows.");
        assertThat(status.path("queue_position").asInt()).isZero();
        assertThat(node.claim(1, 0)).isEmpty();
        assertThat(broker.post("/cancel/" + jobId, "{}").text("state")).isEqualTo("cancelled");
    }

    @Test
    void a_retry_comes_to_a_claim_that_waits_already() {
        broker.submit(Map.of("code", "1", "retries", 1, "retry_backoff_seconds", 0.3));
        Instant failed = Instant.now();
        node.report(node.claimOne(), "exit_nonzero", "", 1);
        assertThat(node.claimOne().attempt()).isEqualTo(2);
        assertThat(Duration.between(failed, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(295));
    }

    @Test
    void a_job_is_not_handed_out_before_its_time_and_soon_after_it() {
        double notBefore = System.currentTimeMillis() / 1000.0 + 0.5;
        String later = broker.submit(Map.of("code", "1", "not_before", notBefore));
        String inAnHour = broker.submit(Map.of(
                "code", "2", "not_before", Instant.now().plusSeconds(3600).toString()));
        assertThat(broker.get("/status/" + later).text("pending_reason"))
                .startsWith("It was submitted to run not before");
        assertThat(node.claim(2, 0)).isEmpty();
        assertThat(node.claimOne().id()).isEqualTo(later);
        assertThat(System.currentTimeMillis() / 1000.0).isGreaterThanOrEqualTo(notBefore);
        assertThat(broker.state(inAnHour)).isEqualTo("pending");
    }

    @Test
    void a_job_that_waits_for_its_time_outlives_the_broker() {
        double notBefore = System.currentTimeMillis() / 1000.0 + 0.3;
        String jobId = broker.submit(Map.of("code", "1", "not_before", notBefore));
        broker.close();
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one");
        assertThat(node.claimOne().id()).isEqualTo(jobId);
    }

    @Test
    void a_time_that_has_passed_is_now() {
        String jobId = broker.submit(Map.of("code", "1", "not_before", "2001-01-01T00:00:00Z"));
        assertThat(node.claim(1, 0).stream().map(Job::id)).containsExactly(jobId);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"priority\": 101",
                "\"priority\": 0.5",
                "\"retries\": 11",
                "\"retries\": -1",
                "\"retry_backoff_seconds\": 3601",
                "\"not_before\": \"tomorrow\"",
                "\"not_before\": \"9999-01-01T00:00:00Z\"",
                "\"not_before\": 1e12",
                "\"not_before\": true",
                "\"not_before\": -1"
            })
    void what_cannot_be_granted_is_refused_by_its_name(String field) {
        Reply reply = broker.post("/submit", "{\"code\": \"1\", " + field + "}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo(field.split("\"", 3)[1]);
    }
}
