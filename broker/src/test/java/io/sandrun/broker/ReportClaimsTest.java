package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports that claim what their node does next. */
class ReportClaimsTest {
    private static final Duration NODE_TIMEOUT = Duration.ofSeconds(1);

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory, settings -> settings.nodeTimeout(NODE_TIMEOUT), clock);
        // The broker's own grace is over.
        clock.advance(NODE_TIMEOUT.plusMillis(1));
        node = ScriptedNode.register(broker, "one");
    }

    private static Map<String, Object> report(ScriptedNode reporter, Job job) {
        return new HashMap<>(Map.of(
                "node_id", reporter.id(),
                "job_id", job.id(),
                "output", "1\n",
                "error", "",
                "exit_code", 0,
                "lease_id", job.leaseId(),
                "attempt", Map.of("code", "ok")));
    }

    private Reply reportAndClaim(ScriptedNode reporter, Job job, Object claim) {
        Map<String, Object> report = report(reporter, job);
        report.put("claim", claim);
        return reporter.report(report);
    }

    private Reply reportAndClaim(Job job) {
        return reportAndClaim(node, job, Map.of("slots", 1));
    }

    private static Job job(JsonNode handed) {
        return new Job(
                handed.path("id").asText(),
                handed.path("lease_id").asText(),
                handed.path("attempt").asInt(),
                handed);
    }

    private static List<Job> jobs(Reply reply) {
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().path("jobs").isArray()).isTrue();
        List<Job> jobs = new ArrayList<>();
        reply.body().path("jobs").forEach(handed -> jobs.add(job(handed)));
        return jobs;
    }

    @Test
    void a_busy_node_needs_one_call_a_job() {
        List<String> submitted =
                List.of(broker.submit("print(1)"), broker.submit("print(2)"), broker.submit("print(3)"));
        Job job = node.claimOne();
        for (int round = 0; round < 3; round++) {
            assertThat(job.id()).isEqualTo(submitted.get(round));
            List<Job> next = jobs(reportAndClaim(job));
            assertThat(broker.result(job.id()).path("output").asText()).isEqualTo("1\n");
            assertThat(next).hasSize(round < 2 ? 1 : 0);
            job = next.isEmpty() ? job : next.get(0);
        }
        assertThat(job.body().path("code").asText()).isEqualTo("print(3)");
    }

    @Test
    void a_report_that_claims_nothing_is_answered_as_ever() {
        broker.submit("print(1)");
        Job job = node.claimOne();
        broker.submit("print(2)");
        assertThat(node.report(report(node, job)).body())
                .isEqualTo(Json.MAPPER.valueToTree(Map.of("status", "recorded")));
    }

    @Test
    void a_report_under_a_stale_lease_hands_out_nothing() {
        String late = broker.submit("print(1)");
        Job lost = node.claimOne();
        clock.advance(NODE_TIMEOUT.plusSeconds(1));
        ScriptedNode other = ScriptedNode.register(broker, "other");
        assertThat(other.claimOne().id()).isEqualTo(late);
        String waiting = broker.submit("print(2)");
        Reply reply = reportAndClaim(lost);
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.text("code")).isEqualTo("stale_lease");
        assertThat(broker.state(late)).isEqualTo("assigned");
        assertThat(broker.state(waiting)).isEqualTo("pending");
        assertThat(other.claimOne().id()).isEqualTo(waiting);
    }

    @Test
    void a_report_that_is_refused_for_what_it_says_hands_out_nothing() {
        broker.submit("print(1)");
        Job job = node.claimOne();
        String waiting = broker.submit("print(2)");
        Map<String, Object> report = report(node, job);
        Map<String, Object> file = Map.of("path", "a", "size_bytes", 1, "sha256", "0".repeat(64));
        report.put("attempt", Map.of("code", "ok", "outputs", Map.of("files", List.of(file))));
        report.put("claim", Map.of("slots", 1));
        assertThat(node.report(report).status()).isEqualTo(400);
        assertThat(broker.state(job.id())).isEqualTo("assigned");
        assertThat(broker.state(waiting)).isEqualTo("pending");
    }

    @Test
    void what_was_claimed_by_a_report_whose_answer_was_lost_is_taken_back_like_any_claim() {
        broker.submit("print(1)");
        Job job = node.claimOne();
        String claimed = broker.submit("print(2)");
        String behind = broker.submit("print(3)");
        assertThat(jobs(reportAndClaim(job))).extracting(Job::id).containsExactly(claimed);
        // It never heard that, and says it again, as it does with what it kept on disk.
        assertThat(node.report(report(node, job)).status()).isEqualTo(200);
        assertThat(broker.state(behind)).isEqualTo("pending");
        for (int second = 0; second <= 5; second++) {
            clock.advance(Duration.ofMillis(900));
            node.heartbeat(false);
        }
        assertThat(broker.state(claimed)).isEqualTo("pending");
        Job again = node.claimOne();
        assertThat(again.id()).isEqualTo(claimed);
        assertThat(again.attempt()).isEqualTo(2);
    }

    @Test
    void a_node_out_of_service_reports_and_gets_nothing() {
        broker.submit("print(1)");
        Job job = node.claimOne();
        String waiting = broker.submit("print(2)");
        broker.post("/nodes/" + node.id() + "/drain", Map.of());
        assertThat(jobs(reportAndClaim(job))).isEmpty();
        assertThat(broker.state(job.id())).isEqualTo("completed");
        assertThat(broker.state(waiting)).isEqualTo("pending");
    }

    @Test
    void a_claim_of_no_places_is_refused_with_the_report() {
        broker.submit("print(1)");
        Job job = node.claimOne();
        Reply reply = reportAndClaim(node, job, Map.of("slots", 0));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().at("/details/field").asText()).isEqualTo("claim.slots");
        assertThat(broker.state(job.id())).isEqualTo("assigned");
    }

    @Test
    void a_batch_claims_for_all_its_places_at_once() {
        broker.submit("print(1)");
        broker.submit("print(2)");
        List<Job> held = node.claim(2, 10);
        List<String> waiting = List.of(broker.submit("print(3)"), broker.submit("print(4)"), broker.submit("print(5)"));
        List<Object> reports =
                held.stream().map(job -> node.vouched(report(node, job))).toList();
        Reply reply = node.post(
                "/complete/batch", Map.of("node_id", node.id(), "reports", reports, "claim", Map.of("slots", 2)));
        assertThat(reply.body().path("reports")).hasSize(2);
        assertThat(jobs(reply)).extracting(Job::id).containsExactlyElementsOf(waiting.subList(0, 2));
        Reply without = node.post(
                "/complete/batch",
                Map.of(
                        "node_id",
                        node.id(),
                        "reports",
                        List.of(node.vouched(report(node, jobs(reply).get(0))))));
        assertThat(without.body().has("jobs")).isFalse();
    }
}
