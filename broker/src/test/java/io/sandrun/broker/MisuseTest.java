package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
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

/** Calls that no well-behaved client or node makes: each has a documented answer, and none changes a job. */
class MisuseTest {
    /** Each takes two descriptors of this process. */
    private static final int WAITERS = 1_000;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
    }

    private static void refused(Reply reply, int status, String code) {
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text("code")).isEqualTo(code);
        assertThat(reply.text("error")).isNotBlank();
    }

    @Test
    void a_second_report_is_answered_like_the_first_and_changes_nothing() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        Job job = node.claimOne();
        Reply first = node.complete(job, "1");
        Reply second = node.report(job, "exit_nonzero", "2", 1);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1");
        assertThat(broker.state(jobId)).isEqualTo("completed");
    }

    @Test
    void a_report_on_a_job_that_was_never_claimed_is_stale() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        Map<String, Object> report =
                Map.of("node_id", node.id(), "job_id", jobId, "output", "forged", "error", "", "exit_code", 0);
        refused(node.report(report), 409, "stale_lease");
        refused(
                node.complete(new Job(jobId, "lease-made-up", 1, broker.get("/").body()), "forged"),
                409,
                "stale_lease");
        assertThat(broker.state(jobId)).isEqualTo("pending");
        assertThat(node.claimOne().id()).isEqualTo(jobId);
    }

    @Test
    void a_heartbeat_or_a_claim_of_an_unknown_node_tells_it_to_register() {
        Map<String, Object> stranger = Map.of("node_id", "node-nobody-knows", "leases", List.of());
        refused(broker.post("/heartbeat", stranger), 404, "unknown_node");
        refused(broker.post("/claim", Map.of("node_id", "node-nobody-knows")), 404, "unknown_node");
        assertThat(broker.get("/nodes").body().findValuesAsText("node_id")).isEmpty();
    }

    @Test
    void absurd_capabilities_and_claims_are_refused_and_the_node_stays_what_it_was() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        for (Map<String, ?> absurd : List.of(
                Map.of("cpu_cores", -1),
                Map.of("memory_mb", Long.MAX_VALUE),
                Map.of("slots", 1_000_000_000),
                Map.of("interpreters", Collections.nCopies(100_000, "python3")))) {
            Map<String, Object> again = Map.of("worker_id", ScriptedNode.key("one"), "capabilities", absurd);
            refused(broker.post("/register", again), 400, "invalid_field");
        }
        for (Object slots : List.of(-1, 0, 1_000_000_000, 0.5, "all")) {
            refused(node.post("/claim", Map.of("node_id", node.id(), "slots", slots)), 400, "invalid_field");
        }
        String jobId = broker.submit("print(1)");
        assertThat(node.claimOne().id()).isEqualTo(jobId);
    }

    @Test
    void a_cancel_after_the_end_is_refused_and_the_result_stays() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        node.complete(node.claimOne(), "1");
        refused(broker.post("/cancel/" + jobId, ""), 409, "already_finished");
        refused(broker.send(broker.request("/jobs/" + jobId).DELETE()), 409, "already_finished");
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1");
    }

    @Test
    void many_who_wait_for_one_job_all_get_its_result() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        List<CompletableFuture<Reply>> waiters = new ArrayList<>();
        for (int count = 0; count < WAITERS; count++) {
            waiters.add(broker.getLater("/results/" + jobId + "?wait=60"));
        }
        node.complete(node.claimOne(), "1");
        assertThat(waiters)
                .allSatisfy(waiter -> assertThat(answer(waiter).text("output")).isEqualTo("1"));
    }
}
