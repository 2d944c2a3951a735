package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one node says of a verified job, and no other node was asked to confirm, is nowhere told as the job's. */
class UnverifiedTest {
    private static final String PRINTED = "1\n";
    private static final String LIE = "2\n";

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true));
    }

    private List<ScriptedNode> nodes() {
        return ScriptedNode.registerAll(broker, "a", "b", "c");
    }

    private String submit(Map<String, ?> more) {
        Map<String, Object> job = new HashMap<>(more);
        job.put("code", "print(1)");
        job.put("verify", true);
        return broker.submit(job);
    }

    private void run() {
        for (ScriptedNode node : nodes()) {
            node.complete(node.claimOne(), PRINTED);
        }
    }

    @Test
    void a_log_that_does_not_go_with_the_answer_is_not_told_as_the_jobs() {
        String jobId = submit(Map.of());
        for (ScriptedNode node : nodes()) {
            Job copy = node.claimOne();
            node.appendLog(copy, 0, "stdout:" + LIE);
            Map<String, Object> log = Map.of("bytes", LIE.length(), "sent", true);
            Map<String, Object> attempt = Map.of("code", "ok", "output_bytes", PRINTED.length(), "log", log);
            assertThat(node.completeWith(copy, PRINTED, "", attempt).status()).isEqualTo(200);
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo(PRINTED);
        assertThat(broker.get("/logs/" + jobId).text("stdout")).isEqualTo(PRINTED);
        assertThat(stream(jobId)).contains("1").doesNotContain(LIE.strip() + "\\n");
        String copyId = broker.get("/status/" + jobId)
                .body()
                .at("/verification/decision/job_id")
                .asText();
        assertThat(broker.get("/logs/" + copyId).raw().body()).contains("2\\n");
    }

    private String stream(String jobId) {
        return broker.get("/logs/" + jobId + "/stream").raw().body();
    }

    @Test
    void the_status_of_a_copy_does_not_tell_what_it_answered_before_the_decision() {
        List<ScriptedNode> nodes = nodes();
        String jobId = submit(Map.of());
        Job copy = nodes.get(0).claimOne();
        nodes.get(0).report(copy, "exit_nonzero", LIE, 7);
        Reply early = broker.get("/status/" + copy.id());
        assertThat(early.body().path("code").isNull()).isTrue();
        assertThat(early.text("reason")).isEmpty();
        assertThat(broker.get("/logs/" + copy.id() + "/stream").text("code")).isEqualTo("not_finished");
        for (ScriptedNode node : nodes.subList(1, 3)) {
            node.report(node.claimOne(), "exit_nonzero", LIE, 7);
        }
        assertThat(broker.result(jobId).path("code").asText()).isEqualTo("exit_nonzero");
        assertThat(broker.get("/status/" + copy.id()).text("code")).isEqualTo("exit_nonzero");
    }

    @Test
    void no_node_may_say_that_nodes_did_not_agree() {
        String jobId = broker.submit("print(1)");
        ScriptedNode node = nodes().get(0);
        Reply reply = node.report(node.claimOne(), "verification_failed", "", 1);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().at("/details/field").asText()).isEqualTo("attempt.code");
        assertThat(broker.state(jobId)).isEqualTo("assigned");
    }

    @Test
    void a_verified_result_that_is_given_again_has_its_log_and_names_no_decision_of_its_own() {
        String jobId = submit(Map.of("cache", true));
        run();
        broker.result(jobId);
        String again = submit(Map.of("cache", true));
        JsonNode status = broker.get("/status/" + again).body();
        assertThat(status.path("cached_from").asText()).isEqualTo(jobId);
        assertThat(status.at("/verification/decision").isNull()).isTrue();
        assertThat(broker.get("/logs/" + again).text("stdout")).isEqualTo(PRINTED);
        assertThat(stream(again)).isNotEmpty();
    }

    @Test
    void a_verified_job_counts_as_one() {
        String jobId = submit(Map.of());
        run();
        broker.result(jobId);
        assertThat(broker.get("/pool").body().path("total_jobs").asInt()).isEqualTo(1);
    }
}
