package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was asked for with a job, each try at it, and the same once more. */
class JobDetailsTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    @Test
    void a_job_tells_what_was_asked_for_and_keeps_what_may_be_secret() {
        String jobId = broker.submit(Map.of(
                "code",
                "print(1)",
                "args",
                List.of("one"),
                "env",
                Map.of("TOKEN", "hush"),
                "stdin",
                "secret",
                "priority",
                7));
        Reply reply = broker.get("/jobs/" + jobId);
        JsonNode manifest = reply.body().path("manifest");
        assertThat(manifest.path("code").asText()).isEqualTo("print(1)");
        assertThat(manifest.path("args").get(0).asText()).isEqualTo("one");
        assertThat(manifest.path("env_names").get(0).asText()).isEqualTo("TOKEN");
        assertThat(manifest.path("stdin_bytes").asInt()).isEqualTo(6);
        assertThat(manifest.path("priority").asInt()).isEqualTo(7);
        assertThat(reply.raw().body()).doesNotContain("hush").doesNotContain("secret");
        assertThat(reply.body().path("attempts")).isEmpty();
        assertThat(broker.get("/jobs/none").status()).isEqualTo(404);
    }

    @Test
    void each_try_tells_where_it_was_and_how_it_ended() {
        ScriptedNode node = ScriptedNode.register(broker, "node");
        String jobId = broker.submit(Map.of("code", "1", "retries", 1));
        node.report(node.claimOne(), "exit_nonzero", "", 3);
        node.complete(node.claimOne(), "done");
        JsonNode attempts = broker.get("/jobs/" + jobId).body().path("attempts");
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0).path("code").asText()).isEqualTo("exit_nonzero");
        assertThat(attempts.get(1).path("code").asText()).isEqualTo("ok");
        assertThat(attempts.get(1).path("node_id").asText()).isEqualTo(node.id());
        assertThat(attempts.get(1).path("ended_at").isNumber()).isTrue();
    }

    @Test
    void a_job_that_is_run_again_is_another_job_that_asks_for_the_same() {
        ScriptedNode node = ScriptedNode.register(broker, "node");
        String jobId = broker.submit(Map.of("code", "1", "args", List.of("x"), "priority", 3, "cache", true));
        node.complete(node.claimOne(), "done");
        Reply again = broker.post("/jobs/" + jobId + "/rerun", Map.of());
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("job_id")).isNotEqualTo(jobId);
        assertThat(again.text("state")).isEqualTo("pending");
        JsonNode first = broker.get("/jobs/" + jobId).body().path("manifest");
        assertThat(broker.get("/jobs/" + again.text("job_id")).body().path("manifest"))
                .isEqualTo(first);
        assertThat(broker.post("/jobs/none/rerun", Map.of()).status()).isEqualTo(404);
    }

    @Test
    void to_be_refused_a_rerun_keeps_no_files() throws IOException {
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.resultTtl(Duration.ofSeconds(1)));
        ScriptedNode node = ScriptedNode.register(broker, "node", Map.of("features", List.of("files")));
        String jobId =
                new UploadForm().file("main.py", "print(1)").submit(broker).text("job_id");
        Reply refused = broker.send(broker.request("/jobs/" + jobId + "/rerun")
                .header("Idempotency-Key", "k".repeat(1_000))
                .POST(BodyPublishers.noBody()));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(stored()).isPositive();
        node.complete(node.claimOne(), "done");
        BrokerUnderTest.await(() -> stored() == 0);
    }

    private int stored() {
        try {
            return StoredFiles.below(directory.resolve(Broker.ARTIFACTS)).size();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
