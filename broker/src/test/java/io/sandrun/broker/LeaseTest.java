package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leases are held by one node at a time, and every way of losing one leaves the job in good hands. */
class LeaseTest {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(1);
    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(
                directory, settings -> settings.nodeTimeout(NODE_TIMEOUT).maxRetries(1), clock);
        // The broker's own grace is over.
        clock.advance(NODE_TIMEOUT.plusMillis(1));
    }

    private static void isStale(Reply reply) {
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.text("code")).isEqualTo("stale_lease");
    }

    @Test
    void a_silent_nodes_job_is_run_by_another_node() {
        ScriptedNode silent = ScriptedNode.register(broker, "silent");
        String jobId = broker.submit("print(1)");
        Job first = silent.claimOne();
        clock.advance(NODE_TIMEOUT.plusSeconds(1));
        ScriptedNode other = ScriptedNode.register(broker, "other");
        Job second = other.claimOne();
        assertThat(second.id()).isEqualTo(jobId);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.leaseId()).isNotEqualTo(first.leaseId());

        isStale(silent.complete(first, "late"));
        assertThat(broker.state(jobId)).isEqualTo("assigned");
        assertThat(other.complete(second, "right").status()).isEqualTo(200);
        isStale(silent.complete(first, "later still"));
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("right");
        assertThat(broker.result(jobId).path("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void a_stale_lease_is_told_with_the_next_heartbeat() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit("print(1)");
        Job job = node.claimOne();
        clock.advance(NODE_TIMEOUT.plusSeconds(1));
        ScriptedNode other = ScriptedNode.register(broker, "other");
        other.claimOne();
        Reply heard = node.heartbeat(true, job);
        assertThat(heard.body().path("lost")).extracting(JsonNode::asText).containsExactly(job.leaseId());
    }

    @Test
    void attempts_run_out() {
        String jobId = broker.submit("print(1)");
        for (int attempt = 1; attempt <= 2; attempt++) {
            ScriptedNode node = ScriptedNode.register(broker, "node " + attempt);
            assertThat(node.claimOne().attempt()).isEqualTo(attempt);
            clock.advance(NODE_TIMEOUT.plusSeconds(1));
        }
        JsonNode result = broker.result(jobId);
        assertThat(result.path("code").asText()).isEqualTo("node_lost");
        assertThat(result.path("status").asText()).isEqualTo("failed");
        assertThat(result.path("exit_code").asInt()).isEqualTo(-1);
        assertThat(result.path("reason").asText()).contains("silent").contains("2 times");
    }

    @Test
    void a_failed_sandbox_is_tried_on_another_node_and_not_on_the_same() {
        ScriptedNode bad = ScriptedNode.register(broker, "bad");
        ScriptedNode good = ScriptedNode.register(broker, "good");
        String jobId = broker.submit("print(1)");
        Job first = bad.claimOne();
        assertThat(bad.report(first, "sandbox_error", "", -1).status()).isEqualTo(200);
        assertThat(bad.report(first, "sandbox_error", "", -1).status()).isEqualTo(200);
        assertThat(bad.claim(1, 0)).isEmpty();
        Job second = good.claimOne();
        assertThat(second.id()).isEqualTo(jobId);
        good.report(second, "sandbox_error", "", -1);
        assertThat(broker.result(jobId).path("code").asText()).isEqualTo("sandbox_error");
    }

    @Test
    void a_failed_sandbox_finds_the_other_node_even_if_the_same_has_more_room() {
        ScriptedNode bad = ScriptedNode.register(broker, "bad", Map.of("slots", 16));
        ScriptedNode good = ScriptedNode.register(broker, "good", Map.of("slots", 2));
        String jobId = broker.submit("print(1)");
        Job first = bad.claimOne();
        broker.submit("print(2)");
        good.claimOne();
        CompletableFuture<List<Job>> badWaits = bad.claimParked(1, 20);
        CompletableFuture<List<Job>> goodWaits = good.claimParked(1, 20);
        bad.report(first, "sandbox_error", "", -1);
        assertThat(answer(goodWaits)).extracting(Job::id).containsExactly(jobId);
        assertThat(badWaits).isNotDone();
    }

    @Test
    void a_failed_sandbox_comes_back_when_the_other_node_has_gone() {
        ScriptedNode bad = ScriptedNode.register(broker, "bad");
        ScriptedNode good = ScriptedNode.register(broker, "good");
        broker.submit("print(1)");
        bad.report(bad.claimOne(), "sandbox_error", "", -1);
        CompletableFuture<List<Job>> claim = bad.claimParked(1, 20);
        good.release(true);
        assertThat(answer(claim)).hasSize(1);
    }

    @Test
    void a_failed_sandbox_comes_back_when_the_other_node_starts_anew_and_does_not_fit_any_more() {
        ScriptedNode bad = ScriptedNode.register(broker, "bad");
        ScriptedNode.register(broker, "good");
        String jobId = broker.submit("print(1)");
        bad.report(bad.claimOne(), "sandbox_error", "", -1);
        CompletableFuture<List<Job>> claim = bad.claimParked(1, 20);
        ScriptedNode.register(broker, "good", Map.of("interpreters", List.of("ruby")));
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
    }

    @Test
    void a_claim_that_never_arrived_is_taken_back_after_five_seconds() {
        ScriptedNode node = ScriptedNode.register(broker, "one", Map.of());
        String jobId = broker.submit("print(1)");
        node.claimOne();
        node.heartbeat(false);
        assertThat(broker.state(jobId)).isEqualTo("assigned");
        for (int second = 0; second <= 5; second++) {
            clock.advance(Duration.ofMillis(900));
            node.heartbeat(false);
        }
        assertThat(broker.state(jobId)).isEqualTo("pending");
    }

    @Test
    void a_running_attempt_that_its_node_forgot_is_taken_back_too() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        Job forgotten = node.claimOne();
        node.heartbeat(true, forgotten);
        assertThat(broker.state(jobId)).isEqualTo("running");
        for (int second = 0; second <= 5; second++) {
            clock.advance(Duration.ofMillis(900));
            node.heartbeat(true);
        }
        assertThat(broker.state(jobId)).isEqualTo("pending");
    }

    /** Fifty jobs that began together were lost so, five seconds later. */
    @Test
    void a_heartbeat_that_was_parked_says_nothing_of_what_its_node_was_given_meanwhile() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String first = broker.submit("print(1)");
        Job held = node.claimOne();
        CompletableFuture<Reply> parked = node.heartbeatLater(4, true, held);
        BrokerUnderTest.await(() -> broker.state(first).equals("running"));
        String second = broker.submit("print(2)");
        Job given = node.claimOne();
        for (int beat = 0; beat <= 6; beat++) {
            clock.advance(Duration.ofMillis(900));
            node.heartbeat(true, held, given);
        }
        assertThat(parked).isNotDone();
        assertThat(answer(parked).status()).isEqualTo(200);
        assertThat(broker.state(second)).isEqualTo("running");
    }

    @Test
    void an_acknowledged_claim_stays_and_an_older_node_need_not_acknowledge() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String acknowledged = broker.submit("print(1)");
        Job job = node.claimOne();
        String older =
                broker.post("/register", Map.of("endpoint", "http://old")).text("node_id");
        String unnamed = broker.submit("print(2)");
        broker.post("/claim", Map.of("node_id", older));
        for (int second = 0; second <= 6; second++) {
            clock.advance(Duration.ofMillis(900));
            node.heartbeat(false, job);
            broker.post("/heartbeat", Map.of("node_id", older));
        }
        assertThat(broker.state(acknowledged)).isEqualTo("assigned");
        assertThat(broker.state(unnamed)).isEqualTo("assigned");
    }

    @Test
    void a_released_job_goes_on_at_once_and_does_not_count_as_a_retry() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        for (int round = 0; round < 5; round++) {
            Job job = node.claimOne();
            assertThat(node.release(false, job).body().path("released").asInt()).isEqualTo(1);
            assertThat(node.release(false, job).body().path("released").asInt()).isZero();
            isStale(node.complete(job, "too late"));
        }
        node.complete(node.claimOne(), "1");
        assertThat(broker.result(jobId).path("state").asText()).isEqualTo("completed");
    }

    @Test
    void a_node_that_leaves_gets_no_work_until_it_registers_again() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        node.release(true);
        broker.submit("print(1)");
        assertThat(node.claim(1, 0.05)).isEmpty();
        assertThat(broker.get("/nodes")
                        .body()
                        .path("nodes")
                        .path(0)
                        .path("active")
                        .asBoolean())
                .isFalse();
        ScriptedNode again = ScriptedNode.register(broker, "one");
        assertThat(again.id()).isEqualTo(node.id());
        assertThat(again.claim(1, 0)).hasSize(1);
    }

    @Test
    void a_node_that_starts_anew_loses_the_leases_that_it_does_not_name() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String kept = broker.submit("print(1)");
        String dropped = broker.submit("print(2)");
        List<Job> jobs = node.claim(2, 0);
        ScriptedNode.register(broker, "one", Map.of(), List.of(jobs.get(0).leaseId()));
        assertThat(broker.state(kept)).isEqualTo("assigned");
        assertThat(broker.state(dropped)).isEqualTo("pending");
    }

    @Test
    void a_node_that_goes_on_with_another_offer_loses_not_even_what_is_on_its_way() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        Job onItsWay = node.claimOne();
        Reply again = node.goOn(Map.of("interpreters", List.of("ruby")));
        assertThat(again.text("node_id")).isEqualTo(node.id());
        assertThat(broker.get("/nodes").body().findValue("interpreters").toString())
                .contains("ruby");
        assertThat(broker.state(jobId)).isEqualTo("assigned");
        assertThat(node.complete(onItsWay, "done").status()).isEqualTo(200);
    }

    @Test
    void a_lease_that_outlives_its_jobs_time_limit_is_taken_although_its_node_lives() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit(Map.of("code", "x", "timeout", 1));
        Job job = node.claimOne();
        node.heartbeat(true, job);
        clock.advance(Duration.ofSeconds(1 + 120 + 1));
        node.heartbeat(true, job);
        assertThat(node.claimOne().id()).isEqualTo(jobId);
        isStale(node.complete(job, "late"));
    }

    @Test
    void nobody_reports_on_a_job_that_it_does_not_hold() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        ScriptedNode thief = ScriptedNode.register(broker, "thief");
        broker.submit("print(1)");
        Job job = node.claimOne();
        isStale(thief.complete(job, "forged"));
        isStale(thief.report(
                Map.of("node_id", thief.id(), "job_id", job.id(), "output", "f", "error", "", "exit_code", 0)));
        isStale(node.complete(new Job(job.id(), "lease-made-up", 1, job.body()), "forged"));
        isStale(node.complete(new Job("pool-other", job.leaseId(), 1, job.body()), "forged"));
        assertThat(broker.state(job.id())).isEqualTo("assigned");
        assertThat(node.complete(job, "1").status()).isEqualTo(200);
        assertThat(node.complete(job, "again, and different").status()).isEqualTo(200);
        assertThat(broker.result(job.id()).path("output").asText()).isEqualTo("1");
    }

    @Test
    void a_pending_job_is_cancelled_at_once() {
        String jobId = broker.submit("print(1)");
        Reply reply = broker.post("/cancel/" + jobId, "");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("state")).isEqualTo("cancelled");
        assertThat(reply.text("status")).isEqualTo("failed");
        assertThat(broker.result(jobId).path("code").asText()).isEqualTo("cancelled");
        Reply again = broker.post("/cancel/" + jobId, "");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("code")).isEqualTo("already_finished");
    }

    @Test
    void a_held_jobs_cancel_reaches_its_node_and_ends_with_its_report() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        Job job = node.claimOne();
        assertThat(broker.post("/cancel/" + jobId, "").text("state")).isEqualTo("assigned");
        assertThat(node.heartbeat(true, job).body().path("cancel"))
                .extracting(JsonNode::asText)
                .containsExactly(job.leaseId());
        node.report(job, "cancelled", "partial", 137);
        JsonNode result = broker.result(jobId);
        assertThat(result.path("state").asText()).isEqualTo("cancelled");
        assertThat(result.path("output").asText()).isEqualTo("partial");
    }

    @Test
    void a_cancelled_job_whose_lease_is_lost_is_never_run_again() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String lost = broker.submit("print(1)");
        String released = broker.submit("print(2)");
        List<Job> jobs = node.claim(2, 0);
        broker.post("/cancel/" + lost, "");
        broker.post("/cancel/" + released, "");
        node.release(false, jobs.get(1));
        assertThat(broker.state(released)).isEqualTo("cancelled");
        clock.advance(NODE_TIMEOUT.plusSeconds(1));
        assertThat(broker.result(lost).path("state").asText()).isEqualTo("cancelled");
    }

    @Test
    void a_node_cannot_cancel_what_nobody_wants_cancelled() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        node.report(node.claimOne(), "cancelled", "", -1);
        assertThat(broker.state(jobId)).isEqualTo("pending");
    }
}
