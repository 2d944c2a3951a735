package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of how a program's process came to be. */
class StartsTest {
    private static final Map<String, Double> TOOK = Map.of("prepare", 0.0, "start", 0.613, "run", 2.25);

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.verifySameAddress(true));
    }

    private static void report(ScriptedNode node, Job job, Map<String, Object> attempt) {
        assertThat(node.completeWith(job, "1\n", "", attempt).status()).isEqualTo(200);
    }

    private static Map<String, Object> warm() {
        return Map.of(
                "code",
                "ok",
                "phases",
                Map.of("prepared", 0, "started", 1, "ended", 3),
                "start",
                "warm",
                "phases_ms",
                TOOK);
    }

    private void tellsOfWarmStart(String jobId) {
        JsonNode took = Json.MAPPER.valueToTree(TOOK);
        for (String path : List.of("/results/", "/status/")) {
            JsonNode told = broker.get(path + jobId).body();
            assertThat(told.path("start").asText()).isEqualTo("warm");
            assertThat(told.path("phases_ms")).isEqualTo(took);
        }
    }

    @Test
    void result_status_and_timeline_tell_what_the_node_has_told_of_a_start() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        assertThat(broker.get("/status/" + jobId).body().path("start").isNull()).isTrue();
        report(node, node.claimOne(), warm());
        tellsOfWarmStart(jobId);
        JsonNode timeline = broker.get("/status/" + jobId).body().path("timeline");
        assertThat(timeline)
                .extracting(event -> "%s %s %s"
                        .formatted(
                                event.path("event").asText(),
                                event.path("ms").asText(),
                                event.path("start").asText()))
                .containsExactly(
                        "submitted  ", "assigned  ", "prepared 0.0 ", "started 0.613 warm", "ended 2.25 ", "stored  ");
    }

    @Test
    void it_is_still_told_after_a_restart() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        report(node, node.claimOne(), warm());
        broker.close();
        start();
        tellsOfWarmStart(jobId);
    }

    @Test
    void a_node_that_does_not_say_or_has_a_word_of_its_own_is_no_worse_off() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        for (Map<String, Object> attempt : List.<Map<String, Object>>of(
                Map.of("code", "ok"), Map.of("code", "ok", "start", "teleported", "phases_ms", TOOK))) {
            String jobId = broker.submit("print(1)");
            report(node, node.claimOne(), attempt);
            assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
            assertThat(broker.result(jobId).path("start").isNull()).isTrue();
        }
    }

    @Test
    void times_that_are_none_are_refused_with_the_name_of_the_field() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit("print(1)");
        Map<String, Object> attempt = Map.of("code", "ok", "phases_ms", Map.of("run", -1));
        var reply = node.completeWith(node.claimOne(), "", "", attempt);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.body().at("/details/field").asText()).endsWith("phases_ms.run");
    }

    @Test
    void a_verified_job_tells_how_the_copy_began_whose_result_it_has() {
        List<ScriptedNode> nodes = List.of(ScriptedNode.register(broker, "a"), ScriptedNode.register(broker, "b"));
        String jobId = broker.submit(Map.of("code", "print(1)", "verify", Map.of("replicas", 2, "quorum", 2)));
        for (ScriptedNode node : nodes) {
            report(node, node.claimOne(), warm());
        }
        broker.result(jobId);
        tellsOfWarmStart(jobId);
    }
}
