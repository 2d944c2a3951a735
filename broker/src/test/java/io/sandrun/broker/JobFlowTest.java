package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs from submit to result, and the calls around them. */
class JobFlowTest {
    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
    }

    @Test
    void the_broker_documents_own_flow_works_with_an_older_node() {
        Reply registered = broker.post("/register", """
                {"endpoint": "http://localhost:8443", "capabilities":
                  {"cpu_cores": 4, "memory_gb": 8, "gpu": false, "interpreters": ["python3", "node", "bash"]}}""");
        String nodeId = registered.text("node_id");
        assertThat(broker.post("/heartbeat", Map.of("node_id", nodeId)).status())
                .isEqualTo(200);
        assertThat(broker.post("/claim", Map.of("node_id", nodeId))
                        .body()
                        .get("job")
                        .isNull())
                .isTrue();

        Reply submitted = broker.post("/submit", """
                {"code": "print(\\"Hello distributed world!\\")", "interpreter": "python3", "timeout": 60}""");
        String jobId = submitted.text("job_id");
        assertThat(submitted.status()).isEqualTo(200);
        assertThat(jobId).matches("pool-[0-9a-hjkmnp-tv-z]{26}");
        assertThat(submitted.text("status")).isEqualTo("pending");
        assertThat(submitted.body().path("position").asInt()).isEqualTo(1);
        assertThat(broker.get("/results/" + jobId).status()).isEqualTo(202);

        JsonNode job = broker.post("/claim", Map.of("node_id", nodeId)).body().get("job");
        assertThat(job.path("id").asText()).isEqualTo(jobId);
        assertThat(job.path("code").asText()).isEqualTo("print(\"Hello distributed world!\")");
        assertThat(job.path("interpreter").asText()).isEqualTo("python3");
        assertThat(job.path("args").isArray()).isTrue();

        Map<String, Object> report = Map.of(
                "node_id",
                nodeId,
                "job_id",
                jobId,
                "output",
                "Hello distributed world!\n",
                "error",
                "",
                "exit_code",
                0);
        assertThat(broker.post("/complete", report).status()).isEqualTo(200);
        assertThat(broker.post("/complete", report).status()).isEqualTo(200);

        JsonNode result = broker.get("/results/" + jobId).body();
        assertThat(result.path("output").asText()).isEqualTo("Hello distributed world!\n");
        assertThat(result.path("status").asText()).isEqualTo("completed");
        assertThat(result.path("error").isTextual()).isTrue();
        assertThat(result.path("exit_code").asInt()).isZero();
    }

    @Test
    void a_status_has_every_field_that_some_client_reads() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("print(1)");
        JsonNode pending = broker.get("/status/" + jobId).body();
        assertThat(pending.path("status").asText()).isEqualTo("pending");
        assertThat(pending.path("queue_position").asInt()).isEqualTo(1);
        assertThat(pending.get("worker_status").isNull()).isTrue();
        assertThat(pending.path("pending_reason").asText()).contains("next in line");

        Job job = node.claimOne();
        JsonNode assigned = broker.get("/status/" + jobId).body();
        assertThat(assigned.path("state").asText()).isEqualTo("assigned");
        assertThat(assigned.path("worker_status").path("job_id").asText()).isEqualTo(jobId);
        assertThat(assigned.path("worker_status").path("execution_metadata").isNull())
                .isTrue();
        node.heartbeat(true, job);
        assertThat(broker.state(jobId)).isEqualTo("running");
        node.complete(job, "1\n");

        JsonNode done = broker.get("/status/" + jobId).body();
        assertThat(done.path("status").asText()).isEqualTo("completed");
        assertThat(done.path("pool_status").asText()).isEqualTo("completed");
        assertThat(done.path("code").asText()).isEqualTo("ok");
        assertThat(done.path("queue_position").asInt()).isZero();
        assertThat(done.path("node_id").asText()).isEqualTo(node.id());
        assertThat(done.path("worker_id").asText()).isEqualTo(ScriptedNode.key("one"));
        assertThat(done.path("execution_metadata").path("runtime_seconds").asDouble())
                .isEqualTo(0.03);
        assertThat(done.path("worker_status").path("status").asText()).isEqualTo("completed");
        assertThat(done.path("worker_status").path("execution_metadata")).isEqualTo(done.path("execution_metadata"));
        assertThat(done.path("metrics").path("memory_mb").asDouble()).isEqualTo(1.0);
        assertThat(done.path("cpu_seconds").asDouble()).isEqualTo(0.02);
        assertThat(done.path("memory_bytes").asLong()).isEqualTo(1048576);
        assertThat(done.path("wall_time").asLong()).isEqualTo(30);
        assertThat(done.path("job_hash").asText()).hasSize(64);
        assertThat(done.path("worker_metadata").has("signature")).isTrue();
        assertThat(done.path("output_files").isObject()).isTrue();
        assertThat(done.path("submitted_at").isDouble()).isTrue();
        assertThat(done.path("completed_at").asText()).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    }

    @Test
    void run_submits_and_waits_in_one_call() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        CompletableFuture<Reply> run = broker.postLater("/run", Map.of("code", "print(1)"));
        Job job = node.claimOne();
        node.complete(job, "1\n");
        Reply reply = answer(run);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("output")).isEqualTo("1\n");

        Reply late = broker.post("/run?wait=0.05", Map.of("code", "print(2)"));
        assertThat(late.status()).isEqualTo(202);
        assertThat(late.text("code")).isEqualTo("not_finished");
        assertThat(late.body().path("details").path("job_id").asText()).startsWith("pool-");
    }

    @Test
    void a_parked_claim_and_a_parked_wait_are_woken() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        CompletableFuture<List<Job>> claim = node.claimParked(1, 20);
        String jobId = broker.submit("print(1)");
        Job job = answer(claim).get(0);
        assertThat(job.id()).isEqualTo(jobId);
        CompletableFuture<Reply> status = broker.getLater("/status/" + jobId + "?wait=20");
        CompletableFuture<Reply> result = broker.getLater("/results/" + jobId + "?wait=20");
        node.report(job, "exit_nonzero", "no", 3);
        assertThat(answer(status).text("state")).isEqualTo("failed");
        assertThat(answer(result).body().path("exit_code").asInt()).isEqualTo(3);
        assertThat(answer(result).text("code")).isEqualTo("exit_nonzero");
    }

    @Test
    void a_wait_that_takes_too_long_answers_the_present_state() {
        String jobId = broker.submit("print(1)");
        assertThat(broker.get("/status/" + jobId + "?wait=0.05").text("state")).isEqualTo("pending");
        assertThat(broker.get("/results/" + jobId + "?wait=0.05").status()).isEqualTo(202);
    }

    @Test
    void one_claim_takes_as_many_jobs_as_it_has_slots() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        List<String> ids = Stream.of("a", "b", "c").map(broker::submit).toList();
        assertThat(node.claim(2, 0)).extracting(Job::id).containsExactly(ids.get(0), ids.get(1));
        assertThat(node.claim(8, 0)).extracting(Job::id).containsExactly(ids.get(2));
        assertThat(node.claim(8, 0)).isEmpty();
    }

    @Test
    void a_job_carries_everything_to_its_node() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit(Map.of(
                "code",
                "echo",
                "interpreter",
                "bash",
                "args",
                List.of("a b", "", "\"c\""),
                "env",
                Map.of("NAME", "ü"),
                "stdin",
                "in\0put",
                "timeout",
                1.5,
                "memory_mb",
                64,
                "processes",
                8,
                "disk_mb",
                3,
                "cpu_seconds",
                2));
        JsonNode job = node.claimOne().body();
        assertThat(job.path("args")).extracting(JsonNode::asText).containsExactly("a b", "", "\"c\"");
        assertThat(job.path("env").path("NAME").asText()).isEqualTo("ü");
        assertThat(job.path("stdin").asText()).isEqualTo("in\0put");
        assertThat(job.path("limits").toString()).isEqualTo("""
                        {"timeout":1.5,"cpu_seconds":2.0,"memory_mb":64,"processes":8,"disk_mb":3,"cores":0}""");
    }

    @Test
    void output_that_is_not_utf8_comes_back_exactly() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("x");
        Job job = node.claimOne();
        node.report("""
                {"node_id": "%s", "job_id": "%s", "output": "\\ufffd", "error": "", "exit_code": 0, "lease_id": "%s",
                 "attempt": {"code": "ok", "output_base64": "/w==", "output_bytes": 9}}
                """.formatted(node.id(), jobId, job.leaseId()));
        JsonNode result = broker.result(jobId);
        assertThat(result.path("output").asText()).isEqualTo("\uFFFD");
        assertThat(result.path("output_base64").asText()).isEqualTo("/w==");
        assertThat(result.path("output_truncated").asBoolean()).isTrue();
        assertThat(result.path("output_bytes").asLong()).isEqualTo(9);
    }

    @Test
    void nodes_and_health_tell_what_there_is() {
        ScriptedNode node = ScriptedNode.register(broker, "one", Map.of("labels", Map.of("zone", "a")));
        broker.submit("print(1)");
        node.complete(node.claimOne(), "1");
        broker.submit("print(2)");
        node.claimOne();
        broker.submit("print(3)");

        JsonNode shown = broker.get("/nodes").body().path("nodes").path(0);
        assertThat(shown.path("id").asText()).isEqualTo(node.id());
        assertThat(shown.path("active").asBoolean()).isTrue();
        assertThat(shown.path("jobs_completed").asInt()).isEqualTo(1);
        assertThat(shown.path("jobs_failed").asInt()).isZero();
        assertThat(shown.path("running").asInt()).isEqualTo(1);
        assertThat(shown.path("slots").asInt()).isEqualTo(4);
        assertThat(shown.path("last_heartbeat").asDouble()).isPositive();
        assertThat(shown.path("capabilities").path("labels").path("zone").asText())
                .isEqualTo("a");

        JsonNode health = broker.get("/health").body();
        assertThat(health.path("status").asText()).isEqualTo("healthy");
        assertThat(health.path("jobs").asInt()).isEqualTo(2);
        assertThat(health.path("active_nodes").asInt()).isEqualTo(1);
    }

    @Test
    void the_root_is_json_for_programs_and_a_page_for_people() {
        Reply json = broker.get("");
        assertThat(json.text("service")).isEqualTo("sandrun");
        assertThat(json.text("status")).isEqualTo("running");
        Reply page = broker.send(
                broker.request("/").header("Accept", "text/html,*/*").GET());
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.raw().body()).contains("<!doctype html>");
        assertThat(page.raw().headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'");
        for (String file : Arrays.asList(
                "style/base.css", "app.js", "icon.svg", "lib/lit/index.js", "lib/uplot/dist/uPlot.min.css")) {
            assertThat(broker.get("/dashboard/" + file).status()).isEqualTo(200);
        }
        for (String file : Arrays.asList(
                "nothing",
                "core",
                "core/",
                "package-info.class",
                "lib/lit/package.json",
                "lib/none/index.js",
                "lib/lit/..%2Findex.js",
                "lib/lit//index.js",
                "..%2Fbroker%2FBroker.class",
                "lib/..%2F..%2Fapp.js")) {
            assertThat(broker.get("/dashboard/" + file).status()).as(file).isBetween(400, 404);
        }
    }
}
