package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The platform as its users meet it: {@code sandrun up} as a process, jobs over HTTP, real sandboxes. */
class PlatformTest {
    private static final double PATIENCE_SECONDS = 60;

    @TempDir
    static Path directory;

    private static SandrunProcess up;
    private static BrokerClient client;

    @BeforeAll
    static void start() throws Exception {
        up = SandrunProcess.start(
                Map.of(), "up", "--port=0", "--slots=2", "--environments=none", "--data=" + directory);
        client = new BrokerClient(URI.create(up.awaitError("listening at (http://\\S+)")));
        up.awaitError("ready");
    }

    @AfterAll
    static void stop() throws Exception {
        up.close();
    }

    @Test
    void the_flow_of_the_older_broker_document_works() throws IOException {
        ObjectNode body = Json.MAPPER
                .createObjectNode()
                .put("code", "print(\"Hello distributed world!\")")
                .put("interpreter", "python3")
                .put("timeout", 60);
        JsonNode ticket = client.submit(body);
        assertThat(ticket.path("status").asText()).isEqualTo("pending");
        String jobId = ticket.path("job_id").asText();

        JsonNode status = client.status(jobId, PATIENCE_SECONDS);
        assertThat(status.path("status").asText()).isEqualTo("completed");

        JobResult result = client.result(jobId, 0).orElseThrow();
        assertThat(result.output()).isEqualTo("Hello distributed world!\n");
        assertThat(result.error()).isEmpty();
        assertThat(result.exitCode()).isZero();
    }

    @Test
    void a_job_tells_when_each_of_its_phases_was_over_and_stands_in_the_list() throws IOException {
        String jobId = client.submit(job("sh", "echo")).path("job_id").asText();
        List<JsonNode> events = new ArrayList<>();
        client.status(jobId, PATIENCE_SECONDS).path("timeline").forEach(events::add);
        assertThat(events)
                .extracting(event -> event.path("event").asText())
                .containsExactly("submitted", "assigned", "prepared", "started", "ended", "stored");
        assertThat(events).extracting(event -> event.path("at").asDouble()).isSorted();
        JsonNode listed = client.jobs(List.of(Map.entry("limit", "200")));
        assertThat(listed.path("jobs"))
                .extracting(job -> job.path("job_id").asText())
                .contains(jobId);
    }

    @Test
    void jobs_are_listed_by_the_key_they_were_submitted_under() throws IOException {
        String jobId = client.submit(job("sh", "echo"), "a key").path("job_id").asText();
        assertThat(client.jobs(List.of(Map.entry("key", "a key"))).path("jobs"))
                .extracting(job -> job.path("job_id").asText())
                .containsExactly(jobId);
        client.status(jobId, PATIENCE_SECONDS);
    }

    @Test
    void other_languages_run_where_the_node_has_them() throws IOException {
        assertLanguage("node", "console.log([1, 2, 3].map(x => x * x).join())", "1,4,9\n");
        assertLanguage("bash", "echo $((6 * 7)) \"$1\"", "42 \n");
        assertLanguage("sh", "echo sh", "sh\n");
        assertLanguage("perl", "print join('-', 1..3), \"\\n\"", "1-2-3\n");
    }

    @Test
    void arguments_environment_and_standard_input_arrive_as_they_were_sent() throws IOException {
        JobResult result = run(job("python3", """
                import os, sys
                print(sys.argv[1:])
                print(os.environ["GREETING"])
                print(sys.stdin.read())
                """)
                .put("stdin", "línea\n")
                .<ObjectNode>set("args", Json.MAPPER.valueToTree(new String[] {"a b", "ü", "", "--x=[1,2]"}))
                .set("env", Json.MAPPER.valueToTree(Map.of("GREETING", "hej 'du'"))));
        assertThat(result.output()).isEqualTo("['a b', 'ü', '', '--x=[1,2]']\nhej 'du'\nlínea\n\n");
    }

    @Test
    void a_job_sees_no_process_no_network_and_no_file_of_the_host() throws IOException {
        JobResult result =
                run(job("python3", """
                import os, socket
                print([p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())])
                print(sorted(os.listdir("/")))
                try:
                    socket.create_connection(("127.0.0.1", %d), 2)
                    print("connected")
                except OSError as refused:
                    print("refused")
                print(os.path.exists("/home"), os.path.exists("/etc/shadow"), os.getuid() == 0)
                try:
                    open("/usr/canary", "w")
                except OSError as readonly:
                    print(type(readonly).__name__)
                """.formatted(URI.create(client.url()).getPort())));
        assertThat(result.code()).as(result.error()).isEqualTo(Outcome.OK);
        assertThat(result.output().lines())
                .containsExactly(
                        "[]", result.output().lines().toList().get(1), "refused", "False False False", "OSError");
        assertThat(result.output()).doesNotContain("'home'").doesNotContain("'sys'");
    }

    @Test
    void each_limit_ends_a_job_with_its_own_code_while_the_node_goes_on() throws IOException {
        assertOutcome(Outcome.TIMED_OUT, job("bash", "sleep 600").put("timeout", 1));
        assertServing();
        assertOutcome(Outcome.TIMED_OUT, job("python3", "while True: pass").put("cpu_seconds", 0.5));
        assertServing();
        assertOutcome(
                Outcome.OUT_OF_MEMORY, job("python3", """
                hoard = []
                while True:
                    hoard.append(bytearray(8 << 20))
                """).put("memory_mb", 64).put("timeout", 30));
        assertServing();
        assertOutcome(
                Outcome.PROCESS_LIMIT, job("python3", """
                import os
                while True:
                    try:
                        os.fork()
                    except OSError:
                        pass
                """).put("processes", 32).put("timeout", 30));
        assertServing();
        assertOutcome(Outcome.OUTPUT_LIMIT, job("bash", "yes").put("timeout", 30));
        assertServing();
        assertOutcome(Outcome.DISK_LIMIT, job("python3", """
                with open("/work/big", "wb") as big:
                    while True:
                        big.write(bytes(1 << 20))
                """).put("disk_mb", 16).put("timeout", 30));
        assertServing();
    }

    @Test
    void a_job_that_no_node_can_run_waits_and_says_why() throws IOException {
        ObjectNode body = job("python3", "print(1)");
        body.putObject("labels").put("planet", "mars");
        String jobId = client.submit(body).path("job_id").asText();
        JsonNode status = client.status(jobId, 0);
        assertThat(status.path("state").asText()).isEqualTo("pending");
        assertThat(status.path("pending_reason").asText()).contains("planet");
        assertThat(client.cancel(jobId).path("state").asText()).isEqualTo("cancelled");
    }

    /** The node hears of it by a heartbeat that waits there, and not when the next one is due: that is every 5 s. */
    @Test
    void a_running_job_ends_soon_after_it_is_cancelled() throws Exception {
        double shortest = PATIENCE_SECONDS;
        for (int tries = 0; tries < 5 && shortest > 1; tries++) {
            String jobId = client.submit(job("bash", "sleep 600").put("timeout", 300))
                    .path("job_id")
                    .asText();
            awaitState(jobId, "running");
            long start = System.nanoTime();
            client.cancel(jobId);
            JobResult result = client.result(jobId, PATIENCE_SECONDS).orElseThrow();
            assertThat(result.code()).isEqualTo(Outcome.CANCELLED);
            shortest = Math.min(shortest, (System.nanoTime() - start) / 1e9);
        }
        assertThat(shortest).isLessThan(1);
    }

    @Test
    void run_submits_and_waits_in_one_call() throws Exception {
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(client.url() + "/run"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"code\": \"print(6*7)\"}"))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.read(answer.body(), JobResult.class).output()).isEqualTo("42\n");
    }

    @Test
    void output_that_is_no_text_arrives_byte_for_byte() throws Exception {
        var ended = SandrunProcess.run(
                Map.of("SANDRUN_URL", client.url()),
                "import sys; sys.stdout.buffer.write(bytes([0xff, 0xfe, 0x41]))",
                "run",
                "--json",
                "-");
        assertThat(Json.MAPPER.readTree(ended.output()).path("output_base64").asText())
                .isEqualTo("//5B");
    }

    @Test
    void a_second_platform_on_the_same_data_is_refused_in_one_line() throws Exception {
        var ended = SandrunProcess.run(Map.of(), "", "up", "--port", "0", "--data", directory.toString());
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains(directory.toString()).doesNotContain("Exception");
    }

    @Test
    void the_page_is_for_browsers_and_json_for_everyone_else() throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        var json =
                http.send(HttpRequest.newBuilder(URI.create(client.url() + "/")).build(), BodyHandlers.ofString());
        assertThat(Json.MAPPER.readTree(json.body()).path("service").asText()).isEqualTo("sandrun");
        var page = http.send(
                HttpRequest.newBuilder(URI.create(client.url() + "/"))
                        .header("Accept", "text/html")
                        .build(),
                BodyHandlers.ofString());
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body()).contains("Sandrun");
    }

    @Test
    void nodes_are_listed_with_what_their_answers_are_worth_and_can_be_forgiven() throws Exception {
        Map<String, String> here = Map.of("SANDRUN_URL", client.url());
        String nodeId = client.nodes().path("nodes").path(0).path("id").asText();
        assertThat(SandrunProcess.run(here, "", "nodes").output())
                .contains(nodeId)
                .contains("new: 0 of 20 checks passed");
        var forgiven = SandrunProcess.run(here, "", "nodes", "forgive", nodeId);
        assertThat(forgiven.output()).isEqualTo("new: 0 of 20 checks passed\n");
        assertThat(forgiven.exitCode()).isZero();
        assertThat(SandrunProcess.run(here, "", "nodes", "forgive", "nobody").exitCode())
                .isEqualTo(1);
    }

    private static void awaitState(String jobId, String state) throws Exception {
        // The status call has no wait for states in between, so a node's notice is awaited by asking again.
        long deadline = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        while (!client.status(jobId, 0.05).path("state").asText().equals(state)) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private static void assertLanguage(String interpreter, String code, String output) throws IOException {
        boolean offered = false;
        for (JsonNode name :
                client.nodes().path("nodes").path(0).path("capabilities").path("interpreters")) {
            offered |= name.asText().equals(interpreter);
        }
        if (!offered) {
            System.out.println("skipped: this machine has no " + interpreter);
            return;
        }
        assertThat(run(job(interpreter, code)).output()).isEqualTo(output);
    }

    private static void assertOutcome(Outcome outcome, ObjectNode body) throws IOException {
        JobResult result = run(body);
        assertThat(result.code()).as("%s", result).isEqualTo(outcome);
        assertThat(result.reason()).isNotEmpty();
        assertThat(result.status()).isEqualTo("failed");
    }

    private static void assertServing() throws IOException {
        assertThat(run(job("python3", "print('still here')")).output()).isEqualTo("still here\n");
    }

    private static ObjectNode job(String interpreter, String code) {
        return Json.MAPPER.createObjectNode().put("interpreter", interpreter).put("code", code);
    }

    private static JobResult run(ObjectNode body) throws IOException {
        String jobId = client.submit(body).path("job_id").asText();
        return client.result(jobId, PATIENCE_SECONDS).orElseThrow();
    }
}
