package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.OutputReport;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /openapi.json} says is what the broker answers: each route is called and held against it. */
class OpenApiTest {
    @TempDir
    Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private DescribedApi api;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        api = new DescribedApi(broker.get("/openapi.json").body());
    }

    @Test
    void each_route_answers_what_is_said_of_it() throws Exception {
        askAboutTheBroker();
        ScriptedNode node = comeAsNode();
        String jobId = runJob(node);
        askAboutJob(jobId);
        moveFiles(node);
        submitOtherwise();
        changeNodes(node);
        comeAsAgent();
        makeKeys();
        assertThat(api.notAsked()).isEmpty();
    }

    @Test
    void what_is_refused_has_the_one_shape() {
        api.check("GET", "/status/{id}", broker.get("/status/none"), 404);
        api.check("POST", "/submit", broker.post("/submit", Map.of("code", 1)), 400);
        api.check("POST", "/claim", broker.post("/claim", Map.of("node_id", "none")), 404);
        api.check("GET", "/results/{id}", broker.get("/results/" + broker.submit("pass")), 202);
    }

    @Test
    void the_parameters_of_a_list_are_those_that_it_reads() {
        JsonNode described = broker.get("/openapi.json").body().at("/paths/~1jobs/get/parameters");
        List<String> names =
                described.findValuesAsText("name").stream().sorted().toList();
        JsonNode read = broker.get("/jobs?other=1").body().at("/details/expected");
        assertThat(read.asText()).isEqualTo("one of " + String.join(", ", names));
    }

    @Test
    void an_answer_that_differs_would_be_noticed() {
        ObjectNode health = (ObjectNode) broker.get("/health").body();
        assertThat(api.faults("GET", "/health", 200, health)).isEmpty();
        assertThat(api.faults("GET", "/health", 200, health.deepCopy().put("jobs", "many")))
                .isNotEmpty();
        assertThat(api.faults("GET", "/health", 200, health.deepCopy().put("news", 1)))
                .isNotEmpty();
        assertThat(api.faults("GET", "/health", 200, health.deepCopy().without("version")))
                .isNotEmpty();
    }

    private Reply get(String route, String path) {
        Reply reply = broker.get(path);
        api.check("GET", route, reply, 200);
        return reply;
    }

    private Reply post(String route, String path, Object body) {
        Reply reply = broker.post(path, body);
        api.check("POST", route, reply, 200);
        return reply;
    }

    private void askAboutTheBroker() throws Exception {
        for (String path : List.of("/", "/health", "/ready", "/openapi.json", "/stats", "/metrics", "/jobs")) {
            get(path, path);
        }
        get("/dashboard/{path}", "/dashboard/app.js");
        HttpResponse<InputStream> events =
                HttpClient.newHttpClient().send(broker.request("/events").build(), BodyHandlers.ofInputStream());
        api.checkStream("/events", events);
        events.body().close();
    }

    private ScriptedNode comeAsNode() {
        Map<String, Object> environment = Map.of(
                "name", "numbers",
                "interpreter", "python3",
                "interpreter_version", "3.11.2",
                "packages", Map.of("numpy", "1.24"),
                "digest", "ab",
                "preload", List.of("numpy"),
                "disk_bytes", 1);
        ScriptedNode node = ScriptedNode.register(
                broker,
                "node",
                Map.of(
                        "environments",
                        List.of(environment),
                        "labels",
                        Map.of("zone", "a"),
                        "features",
                        List.of("files")));
        Reply again = BrokerUnderTest.answer(ScriptedNode.signed(
                broker, ScriptedNode.keyOf("other"), "/register", Map.of("worker_id", ScriptedNode.key("other"))));
        api.check("POST", "/register", again, 200);
        Reply renewed = BrokerUnderTest.answer(ScriptedNode.signed(
                broker, ScriptedNode.keyOf("other"), "/session", Map.of("node_id", again.text("node_id"))));
        api.check("POST", "/session", renewed, 200);
        for (String path : List.of("/nodes", "/pool", "/environments")) {
            get(path, path);
        }
        return node;
    }

    /** One that waits, runs, prints, and ends. */
    private String runJob(ScriptedNode node) throws Exception {
        String jobId = post("/submit", "/submit", Map.of("code", "print(1)", "outputs", List.of("*.txt")))
                .text("job_id");
        get("/status/{id}", "/status/" + jobId);
        Reply claimed = node.post("/claim", Map.of("node_id", node.id(), "slots", 1, "wait_seconds", 10));
        api.check("POST", "/claim", claimed, 200);
        JsonNode handed = claimed.body().path("job");
        ScriptedNode.Job job =
                new ScriptedNode.Job(jobId, handed.path("lease_id").asText(), 1, handed);
        api.check("POST", "/heartbeat", node.heartbeat(true, job), 200);
        get("/status/{id}", "/status/" + jobId);
        byte[] file = "kept".getBytes(StandardCharsets.UTF_8);
        String sha256 = FilesOfNode.sha256(file);
        api.check("PUT", "/artifacts/{sha256}", FilesOfNode.put(node, sha256, job.leaseId(), file), 200);
        api.check("POST", "/logs", node.appendLog(job, 0, "stdout:1\n"), 200);
        OutputReport outputs = new OutputReport(
                List.of(new OutputReport.File("a.txt", file.length, sha256, false)),
                List.of(new OutputReport.LeftOut("b.txt", "is too large")),
                1);
        Complete whole = AccountedReport.of(job, outputs).by(node.id()).signed(ScriptedNode.keyOf("node"));
        api.check("POST", "/complete", node.post("/complete", whole), 200);
        return jobId;
    }

    private void askAboutJob(String jobId) {
        for (String route : List.of("/status", "/results", "/outputs", "/logs", "/logs/{id}/stream")) {
            String pattern = route.contains("{id}") ? route : route + "/{id}";
            get(pattern, pattern.replace("{id}", jobId));
        }
        get("/receipts/{id}", "/receipts/" + jobId);
        get("/jobs/{id}", "/jobs/" + jobId);
        Reply again = post("/jobs/{id}/rerun", "/jobs/" + jobId + "/rerun", Map.of());
        // Not for the node's next claim, which is for something else.
        post("/cancel/{id}", "/cancel/" + again.text("job_id"), Map.of());
        for (String verb : List.of("GET", "HEAD")) {
            for (String pattern : List.of("/outputs/{id}/{path}", "/download/{id}/{path}", "/download/{id}")) {
                String path = pattern.replace("{id}", jobId).replace("{path}", "a.txt");
                Reply reply = broker.send(broker.request(path).method(verb, BodyPublishers.noBody()));
                api.check(verb, pattern, reply, 200);
            }
        }
        get("/jobs", "/jobs");
    }

    private void moveFiles(ScriptedNode node) {
        byte[] program = "print(1)".getBytes(StandardCharsets.UTF_8);
        api.check("POST", "/submit", new UploadForm().file("main.py", program).submit(broker), 200);
        ScriptedNode.Job job = node.claimOne();
        get("/status/{id}", "/status/" + job.id());
        Reply input = node.send(FilesOfNode.artifact(FilesOfNode.sha256(program), job.leaseId()), request -> request);
        api.check("GET", "/artifacts/{sha256}", input, 200);
        Map<String, Object> report =
                Map.of("job_id", job.id(), "lease_id", job.leaseId(), "output", "", "error", "", "exit_code", 3);
        Map<String, Object> batch =
                Map.of("node_id", node.id(), "reports", List.of(node.vouched(report), Map.of("job_id", "none")));
        api.check("POST", "/complete/batch", node.post("/complete/batch", batch), 200);
        get("/status/{id}", "/status/" + job.id());
    }

    private void submitOtherwise() {
        post("/submit/batch", "/submit/batch", Map.of("jobs", List.of(Map.of("code", "pass"))));
        api.check("POST", "/run", broker.post("/run?wait=0", Map.of("code", "pass")), 202);
        String jobId = broker.submit("pass");
        post("/cancel/{id}", "/cancel/" + jobId, Map.of());
        Reply cancelled =
                broker.send(broker.request("/jobs/" + broker.submit("pass")).DELETE());
        api.check("DELETE", "/jobs/{id}", cancelled, 200);
    }

    private void changeNodes(ScriptedNode node) {
        for (String change : List.of("drain", "undrain", "forgive")) {
            post("/nodes/{id}/" + change, "/nodes/" + node.id() + "/" + change, Map.of());
        }
        api.check("POST", "/release", node.release(true), 200);
    }

    private void comeAsAgent() {
        Map<String, Object> who = Map.of("name", "a test", "version", "1");
        Reply opened = post(
                "/mcp",
                "/mcp",
                Map.of(
                        "jsonrpc",
                        "2.0",
                        "id",
                        0,
                        "method",
                        "initialize",
                        "params",
                        Map.of("protocolVersion", "2025-06-18", "capabilities", Map.of(), "clientInfo", who)));
        String session = opened.raw().headers().firstValue("Mcp-Session-Id").orElseThrow();
        Reply ended = broker.send(
                broker.request("/mcp").header("Mcp-Session-Id", session).DELETE());
        api.check("DELETE", "/mcp", ended, 200);
    }

    /** Last, since from then on a key is asked for. */
    private void makeKeys() {
        Reply made = post("/keys", "/keys", Map.of("role", "admin", "name", "first"));
        broker = broker.as(made.text("key"));
        get("/keys", "/keys");
        String id = made.text("id");
        post("/keys/{id}/quota", "/keys/" + id + "/quota", Map.of("jobs_per_hour", 5));
        api.check(
                "DELETE",
                "/keys/{id}",
                broker.send(broker.request("/keys/" + id).DELETE()),
                200);
    }
}
