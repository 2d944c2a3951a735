package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that several nodes run gets the answer on which they agree, and none before that. */
class VerifiedJobsTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = start(directory);
    }

    private static BrokerUnderTest start(Path directory) {
        return BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true));
    }

    private ScriptedNode node(String name) {
        return ScriptedNode.register(broker, name);
    }

    private String submitVerified(String code) {
        return broker.submit(Map.of("code", code, "verify", Map.of("replicas", 3, "quorum", 2)));
    }

    private JsonNode status(String jobId) {
        return broker.get("/status/" + jobId).body();
    }

    private JsonNode verification(String jobId) {
        return status(jobId).path("verification");
    }

    /** Those that decide: a check that may follow is handed out when the answer is known. */
    private List<JsonNode> deciding(String jobId) {
        return StreamSupport.stream(verification(jobId).path("copies").spliterator(), false)
                .filter(copy -> !copy.path("check").asBoolean())
                .toList();
    }

    private static List<String> texts(Iterable<JsonNode> list, String field) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(entry -> entry.path(field).asText())
                .toList();
    }

    @Test
    void three_new_nodes_that_agree_decide_and_nothing_is_told_before() {
        List<ScriptedNode> nodes = List.of(node("a"), node("b"), node("c"));
        String jobId = submitVerified("print(1)");
        List<Job> copies = new ArrayList<>();
        for (ScriptedNode node : nodes) {
            copies.add(node.claimOne());
        }
        assertThat(copies).extracting(Job::id).doesNotContain(jobId).doesNotHaveDuplicates();
        for (int index = 0; index < 3; index++) {
            assertThat(status(jobId).path("state").asText()).isEqualTo("pending");
            assertThat(broker.get("/results/" + jobId).status()).isEqualTo(202);
            assertThat(broker.get("/logs/" + jobId).text("stdout")).isEmpty();
            assertThat(nodes.get(index).complete(copies.get(index), "1\n").status())
                    .isEqualTo(200);
            if (index < 2) {
                assertThat(broker.get("/results/" + copies.get(index).id()).status())
                        .isEqualTo(202);
                assertThat(broker.get("/logs/" + copies.get(index).id()).status())
                        .isEqualTo(404);
            }
        }
        JsonNode result = broker.result(jobId);
        assertThat(result.path("output").asText()).isEqualTo("1\n");
        assertThat(result.path("state").asText()).isEqualTo("completed");
        JsonNode verification = verification(jobId);
        assertThat(verification.path("executions").asInt()).isEqualTo(3);
        assertThat(verification.path("decision").path("basis").asText()).isEqualTo("quorum");
        assertThat(texts(deciding(jobId), "agrees")).containsOnly("true");
        assertThat(broker.get("/logs/" + jobId).text("stdout")).isEqualTo("1\n");
        assertThat(texts(broker.get("/jobs").body().path("jobs"), "job_id")).containsExactly(jobId);
    }

    @Test
    void a_copy_that_waits_for_memory_of_an_owner_says_so() {
        ScriptedNode free = node("a");
        ScriptedNode bounded = ScriptedNode.register(broker, "b", Map.of("owner_terms", Map.of("memory_mb", 1000)));
        broker.submit(Map.of("code", "1", "memory_mb", 500, "disk_mb", 100));
        Job other = bounded.claimOne();
        String jobId = submitVerified("print(1)");
        free.claimOne();
        // Only when it is known who has the first copy it is decided that two more are needed.
        BrokerUnderTest.await(() -> verification(jobId).path("copies").size() == 3);
        assertThat(status(jobId).path("pending_reason").asText())
                .isEqualTo("A copy waits for memory: the node that could run it has 400 MiB left of what its owner lets"
                        + " jobs have, and this one may take 768 with its files. 1 of 3 copies is placed.");
        bounded.complete(other, "");
        assertThat(status(jobId).path("pending_reason").asText())
                .isEqualTo("A copy waits for a free slot: 1 of 3 copies is placed.");
    }

    @Test
    void a_wrong_answer_brings_more_copies_and_is_outvoted() {
        List<ScriptedNode> nodes = List.of(node("a"), node("b"), node("liar"), node("d"));
        String jobId = submitVerified("print(1)");
        for (ScriptedNode node : nodes.subList(0, 3)) {
            node.complete(node.claimOne(), node == nodes.get(2) ? "2\n" : "1\n");
        }
        assertThat(status(jobId).path("state").asText()).isEqualTo("pending");
        Job last = nodes.get(3).claimOne();
        nodes.get(3).complete(last, "1\n");
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        List<JsonNode> copies = deciding(jobId);
        assertThat(texts(copies, "agrees")).containsExactly("true", "true", "false", "true");
        assertThat(texts(copies, "worker_id")).contains(ScriptedNode.key("liar"));
    }

    @Test
    void no_node_gets_two_copies_of_one_job_and_other_work_behind_them_is_found() {
        ScriptedNode only = node("a");
        String jobId = submitVerified("print(1)");
        Job copy = only.claimOne();
        String other = broker.submit("print(2)");
        assertThat(only.claim(4, 0)).extracting(Job::id).containsExactly(other);
        only.complete(copy, "1\n");
        assertThat(only.claim(4, 0)).isEmpty();
        assertThat(status(jobId).path("pending_reason").asText())
                .isEqualTo("It waits for a node of a second owner: 1 of 3 copies is placed.");
    }

    @Test
    void copies_wake_the_nodes_that_may_have_them() {
        List<ScriptedNode> nodes = List.of(node("a"), node("b"), node("c"));
        List<CompletableFuture<List<Job>>> claims =
                nodes.stream().map(node -> node.claimParked(4, 20)).toList();
        String jobId = submitVerified("print(1)");
        for (int index = 0; index < 3; index++) {
            List<Job> given = answer(claims.get(index));
            assertThat(given).hasSize(1);
            nodes.get(index).complete(given.get(0), "1\n");
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
    }

    @Test
    void a_cancelled_job_takes_its_copies_with_it() {
        ScriptedNode first = node("a");
        ScriptedNode second = node("b");
        String jobId = submitVerified("print(1)");
        Job copy = first.claimOne();
        CompletableFuture<Reply> heartbeat = first.heartbeatLater(20, true, copy);
        assertThat(broker.post("/cancel/" + jobId, Map.of()).text("state")).isEqualTo("cancelled");
        assertThat(answer(heartbeat).body().path("cancel").path(0).asText()).isEqualTo(copy.leaseId());
        assertThat(second.claim(1, 0)).isEmpty();
        first.report(copy, "cancelled", "", 137);
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
        assertThat(broker.post("/cancel/" + copy.id(), Map.of()).status()).isEqualTo(400);
    }

    @Test
    void a_lost_copy_is_made_up_for_elsewhere() {
        ScriptedNode bad = node("bad");
        List<ScriptedNode> others = List.of(node("a"), node("b"), node("c"));
        String jobId = submitVerified("print(1)");
        bad.report(bad.claimOne(), "sandbox_error", "", -1);
        assertThat(bad.claim(1, 0)).isEmpty();
        for (ScriptedNode node : others) {
            node.complete(node.claimOne(), "1\n");
        }
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        assertThat(texts(deciding(jobId), "code")).containsExactly("sandbox_error", "ok", "ok", "ok");
    }

    @Test
    void answers_that_never_agree_fail_with_the_evidence() {
        String jobId = submitVerified("import time; print(time.time())");
        // Three, and then by twos until there were six.
        for (int index = 0; index < 7; index++) {
            ScriptedNode node = node("n" + index);
            node.complete(node.claimOne(), index + "\n");
        }
        JsonNode result = broker.result(jobId);
        assertThat(result.path("code").asText()).isEqualTo("verification_failed");
        assertThat(result.path("output").asText()).isEmpty();
        assertThat(result.path("reason").asText()).contains("same answer");
        assertThat(verification(jobId).path("copies")).hasSize(7);
        assertThat(broker.get("/health").body().path("jobs").asInt()).isZero();
    }

    @Test
    void a_restart_at_any_moment_loses_nothing() {
        String jobId = submitVerified("print(1)");
        ScriptedNode first = node("a");
        Job copy = first.claimOne();
        broker.close();
        broker = start(directory);
        first = first.at(broker);
        ScriptedNode second = node("b");
        Job other = second.claimOne();
        assertThat(first.complete(copy, "1\n").status()).isEqualTo(200);
        broker.close();
        broker = start(directory);
        assertThat(second.at(broker).complete(other, "1\n").status()).isEqualTo(200);
        ScriptedNode third = node("c");
        third.complete(third.claimOne(), "1\n");
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        int checks = verification(jobId).path("copies").size() - deciding(jobId).size();
        assertThat(broker.get("/health").body().path("jobs").asInt()).isEqualTo(checks);
    }

    @Test
    void every_copy_finds_the_same_environment() {
        String jobId = broker.submit(Map.of("code", "x", "verify", true, "env", Map.of("TZ", "Asia/Tokyo")));
        ScriptedNode first = node("a");
        ScriptedNode second = node("b");
        JsonNode one = first.claimOne().body().path("env");
        assertThat(one).isEqualTo(second.claimOne().body().path("env"));
        assertThat(one.path("SANDRUN_JOB_ID").asText()).isEqualTo(jobId);
        assertThat(one.path("TZ").asText()).isEqualTo("Asia/Tokyo");
        assertThat(one.path("PYTHONHASHSEED").asText()).isEqualTo("0");
        assertThat(one.path("SOURCE_DATE_EPOCH").asLong())
                .isEqualTo((long) status(jobId).path("submitted_at").asDouble());
    }

    @Test
    void wishes_that_make_no_sense_are_refused_by_their_field() {
        assertRefused(Map.of("verify", 3), "verify");
        assertRefused(Map.of("verify", Map.of("replicas", 16)), "verify.replicas");
        assertRefused(Map.of("verify", Map.of("replicas", 3, "quorum", 4)), "verify.quorum");
        assertRefused(Map.of("verify", Map.of("quorum", 1)), "verify.quorum");
        assertRefused(Map.of("verify", Map.of("copies", 3)), "verify.copies");
        assertRefused(Map.of("verify", true, "node", "n"), "node");
        assertRefused(Map.of("verify", true, "retries", 1), "retries");
    }

    private void assertRefused(Map<String, ?> wishes, String field) {
        Map<String, Object> job = new HashMap<>(wishes);
        job.put("code", "x");
        Reply reply = broker.post("/submit", job);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().path("details").path("field").asText()).isEqualTo(field);
    }
}
