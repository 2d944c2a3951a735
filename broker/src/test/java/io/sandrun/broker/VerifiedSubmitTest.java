package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wish to have a job verified, in every way in which jobs are submitted. */
class VerifiedSubmitTest {
    private static final Map<String, ?> WISH = Map.of("code", "print(1)", "verify", true);
    private static final int TIB_MB = 1 << 20;

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = open(settings -> settings);
    }

    private BrokerUnderTest open(UnaryOperator<BrokerConfig.Builder> more) {
        return BrokerUnderTest.start(directory, settings -> more.apply(settings.verifySameAddress(true)));
    }

    private int waiting() {
        return broker.get("/health").body().path("jobs").asInt();
    }

    private JsonNode verification(String jobId) {
        return broker.get("/status/" + jobId).body().path("verification");
    }

    /** Three nodes answer whatever they are given, until that is nothing. */
    private void work() {
        for (ScriptedNode node : ScriptedNode.registerAll(broker, "a", "b", "c")) {
            for (List<Job> given = node.claim(4, 0); !given.isEmpty(); given = node.claim(4, 0)) {
                given.forEach(job -> node.complete(job, "1\n"));
            }
        }
    }

    @Test
    void in_a_batch_each_job_has_its_own_copies() {
        Reply reply = broker.post(
                "/submit/batch",
                Map.of(
                        "jobs",
                        List.of(WISH, Map.of("code", "x"), Map.of("code", "y", "verify", Map.of("replicas", 2)))));
        assertThat(reply.status()).isEqualTo(200);
        List<String> ids = reply.body().path("jobs").findValuesAsText("job_id");
        assertThat(waiting()).isEqualTo(3);
        work();
        assertThat(ids)
                .hasSize(3)
                .allSatisfy(id ->
                        assertThat(broker.result(id).path("output").asText()).isEqualTo("1\n"));
        assertThat(verification(ids.get(0)).path("replicas").asInt()).isEqualTo(3);
        assertThat(verification(ids.get(1)).isMissingNode()
                        || verification(ids.get(1)).isNull())
                .isTrue();
        assertThat(verification(ids.get(2)).path("replicas").asInt()).isEqualTo(2);
    }

    @Test
    void a_batch_with_a_wish_that_makes_no_sense_is_refused_as_a_whole() {
        Map<String, ?> senseless = Map.of("code", "x", "verify", Map.of("replicas", 1));
        Reply reply = broker.post("/submit/batch", Map.of("jobs", List.of(WISH, senseless)));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().at("/details/field").asText()).isEqualTo("jobs[1].verify.replicas");
        assertThat(waiting()).isZero();
    }

    private Reply submitOnce(String key, Map<String, ?> wish) {
        return broker.send(broker.request("/submit")
                .header("Idempotency-Key", key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(wish))));
    }

    @Test
    void under_a_key_that_came_before_it_is_the_same_job_with_the_same_copies() {
        String jobId = submitOnce("k", WISH).text("job_id");
        assertThat(submitOnce("k", WISH).text("job_id")).isEqualTo(jobId);
        assertThat(waiting()).isEqualTo(1);
        assertThat(submitOnce("k", Map.of("code", "print(1)", "verify", Map.of("replicas", 5)))
                        .text("code"))
                .isEqualTo("idempotency_conflict");
        assertThat(submitOnce("k", Map.of("code", "print(1)")).text("code")).isEqualTo("idempotency_conflict");
        work();
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        Reply late = submitOnce("k", WISH);
        assertThat(late.text("job_id")).isEqualTo(jobId);
        assertThat(late.text("state")).isEqualTo("completed");
        assertThat(verification(jobId).path("executions").asInt()).isEqualTo(3);
        assertThat(waiting()).isZero();
    }

    @Test
    void a_disk_without_room_takes_no_files_of_it_and_the_answer_is_found_nevertheless() {
        assumeThat(directory.toFile().getUsableSpace())
                .as("the largest setting is more than the disk has")
                .isLessThan(1L << 40);
        broker.close();
        broker = open(settings -> settings.minFreeDiskMb(TIB_MB));
        Reply project = new UploadForm()
                .file("main.py", "print(1)")
                .manifest("{\"verify\": true}")
                .submit(broker);
        assertThat(project.status()).isEqualTo(507);
        assertThat(project.text("code")).isEqualTo("disk_full");
        assertThat(waiting()).isZero();
        String jobId = broker.submit(WISH);
        byte[] file = "kept".getBytes(StandardCharsets.UTF_8);
        for (ScriptedNode node : ScriptedNode.registerAll(broker, "a", "b", "c")) {
            Job copy = node.claimOne();
            assertThat(FilesOfNode.put(node, FilesOfNode.sha256(file), copy.leaseId(), file)
                            .status())
                    .isEqualTo(507);
            assertThat(node.complete(copy, "1\n").status()).isEqualTo(200);
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        assertThat(verification(jobId).at("/decision/basis").asText()).isEqualTo("quorum");
    }
}
