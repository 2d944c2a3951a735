package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Limits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs, and many reports, in one request. */
final class BatchTest {
    private static final Map<String, ?> JOB = Map.of("code", "print(1)");

    @TempDir
    Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    private Reply submit(List<?> jobs) {
        return broker.post("/submit/batch", Map.of("jobs", jobs));
    }

    private Reply complete(ScriptedNode node, Object... reports) {
        List<Object> vouched = Arrays.stream(reports).map(node::vouched).toList();
        return node.post("/complete/batch", Map.of("node_id", node.id(), "reports", vouched));
    }

    private static Map<String, Object> report(Job job, String output) {
        return Map.of("job_id", job.id(), "lease_id", job.leaseId(), "output", output, "error", "", "exit_code", 0);
    }

    private JsonNode health() {
        return broker.get("/health").body();
    }

    @Test
    void a_batch_is_accepted_in_its_order() {
        Reply reply =
                submit(List.of(Map.of("code", "a"), Map.of("code", "b", "interpreter", "bash"), Map.of("code", "c")));
        assertThat(reply.status()).isEqualTo(200);
        JsonNode jobs = reply.body().path("jobs");
        assertThat(jobs).extracting(job -> job.path("position").asInt()).containsExactly(1, 2, 3);
        assertThat(jobs).allMatch(job -> job.path("status").asText().equals("pending"));
        assertThat(jobs).allMatch(job -> job.path("state").asText().equals("pending"));
        ScriptedNode node = ScriptedNode.register(broker, "one");
        assertThat(node.claim(3, 0))
                .extracting(job -> job.body().path("code").asText())
                .containsExactly("a", "b", "c");
    }

    @Test
    void a_batch_wakes_parked_claims() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        var claim = node.claimParked(8, 20);
        submit(Collections.nCopies(3, JOB));
        assertThat(BrokerUnderTest.answer(claim)).hasSize(3);
    }

    @Test
    void one_bad_job_refuses_the_whole_batch_and_is_named() {
        List<?> jobs = List.of(JOB, JOB, JOB, Map.of("code", "x", "timeout", -1));
        Reply reply = submit(jobs);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text("code")).isEqualTo("invalid_field");
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo("jobs[3].timeout");
        assertThat(health().path("pending_jobs").asInt()).isZero();
    }

    @Test
    void every_check_names_the_job() {
        assertThat(field(Map.of("code", ""))).isEqualTo("jobs[1].code");
        assertThat(field(Map.of("interpreter", "bash"))).isEqualTo("jobs[1].code");
        assertThat(field(Map.of("code", "x", "interpreter", "cobol"))).isEqualTo("jobs[1].interpreter");
        assertThat(field(Map.of("code", "x", "args", List.of("a\0")))).isEqualTo("jobs[1].args[0]");
        assertThat(field(Map.of("code", "x", "env", Map.of("a b", "")))).isEqualTo("jobs[1].env");
        assertThat(field(Map.of("code", "x", "labels", Map.of("", "")))).isEqualTo("jobs[1].labels");
        assertThat(field(Map.of("code", "x", "requires", "region ~ eu"))).isEqualTo("jobs[1].requires");
        assertThat(field(Map.of("code", "x", "cod", "y"))).isEqualTo("jobs[1].cod");
        assertThat(field("no object")).isEqualTo("jobs[1]");
    }

    private String field(Object badJob) {
        Reply reply = submit(List.of(JOB, badJob));
        assertThat(reply.status()).isEqualTo(400);
        return reply.body().path("details").path("field").asText();
    }

    @Test
    void an_empty_or_too_large_batch_is_refused() {
        assertThat(submit(List.of()).status()).isEqualTo(400);
        assertThat(broker.post("/submit/batch", Map.of()).status()).isEqualTo(400);
        assertThat(submit(Collections.nCopies(Limits.BATCH_JOBS + 1, JOB)).status())
                .isEqualTo(400);
        assertThat(submit(Collections.nCopies(Limits.BATCH_JOBS, JOB)).body().path("jobs"))
                .hasSize(Limits.BATCH_JOBS);
    }

    @Test
    void fresh_stale_repeated_and_bad_reports_are_answered_each_for_itself() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        submit(Collections.nCopies(4, JOB));
        List<Job> jobs = node.claim(4, 10);
        node.release(false, jobs.get(1));
        Map<String, Object> noOutput = Map.of("job_id", jobs.get(2).id(), "error", "", "exit_code", 0);
        Reply reply = complete(
                node,
                report(jobs.get(0), "zero"),
                report(jobs.get(1), "one"),
                noOutput,
                report(jobs.get(3), "three"),
                report(jobs.get(0), "zero"),
                Map.of("job_id", 7));
        assertThat(reply.status()).isEqualTo(200);
        JsonNode reports = reply.body().path("reports");
        assertThat(reports)
                .extracting(answer -> answer.path("status").asText())
                .containsExactly("recorded", "", "", "recorded", "recorded", "");
        assertThat(reports)
                .extracting(answer -> answer.path("code").asText())
                .containsExactly("", "stale_lease", "missing_field", "", "", "invalid_field");
        assertThat(reports.path(1).path("job_id").asText())
                .isEqualTo(jobs.get(1).id());
        assertThat(reports.path(2).path("details").path("field").asText()).isEqualTo("reports[2].output");
        assertThat(broker.result(jobs.get(0).id()).path("output").asText()).isEqualTo("zero");
        assertThat(broker.result(jobs.get(3).id()).path("output").asText()).isEqualTo("three");
        assertThat(broker.state(jobs.get(1).id())).isEqualTo("pending");
        assertThat(broker.state(jobs.get(2).id())).isEqualTo("assigned");
        assertThat(health().path("running_jobs").asInt()).isEqualTo(1);
    }

    @Test
    void a_batch_of_reports_needs_a_node_and_a_list() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        assertThat(node.post("/complete/batch", Map.of("node_id", node.id())).status())
                .isEqualTo(400);
        assertThat(broker.post("/complete/batch", Map.of("node_id", "nobody", "reports", List.of()))
                        .status())
                .isEqualTo(404);
        assertThat(complete(node).body().path("reports")).isEmpty();
        List<?> tooMany = Collections.nCopies(Limits.BATCH_REPORTS + 1, Map.of());
        assertThat(node.post("/complete/batch", Map.of("node_id", node.id(), "reports", tooMany))
                        .status())
                .isEqualTo(400);
    }
}
