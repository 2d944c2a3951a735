package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several sessions of agents with one API key: its quota is one, and nothing else is shared. */
@ExtendWith(SharedAgentPlatform.class)
class AgentsTogetherTest {
    private static final double PATIENCE_SECONDS = 60;
    private static final int CONCURRENT_JOBS = 2;
    private static final String SESSION = "Mcp-Session-Id";

    private static AgentPlatform platform;

    @BeforeAll
    static void start(AgentPlatform shared) {
        platform = shared;
    }

    private static String initialize() {
        return message(
                0,
                "initialize",
                Map.of(
                        "protocolVersion", "2025-06-18",
                        "capabilities", Map.of(),
                        "clientInfo", Map.of("name", "a test", "version", "1")));
    }

    private static String message(int id, String method, Map<String, ?> params) {
        return Json.write(Map.of("jsonrpc", "2.0", "id", id, "method", method, "params", params));
    }

    private static String call(int id, String tool, Map<String, ?> arguments) {
        return message(id, "tools/call", Map.of("name", tool, "arguments", arguments));
    }

    /** A {@code sandrun mcp} that has begun, and the answers to its calls in turn. */
    private record Program(SandrunProcess process) implements AutoCloseable {
        static Program start(String key) throws Exception {
            SandrunProcess process =
                    SandrunProcess.start(Map.of("SANDRUN_URL", platform.url(), "SANDRUN_API_KEY", key), "mcp");
            process.write(initialize() + "\n");
            process.awaitOutputLine();
            return new Program(process);
        }

        JsonNode facts(int id, String tool, Map<String, ?> arguments) throws Exception {
            process.write(call(id, tool, arguments) + "\n");
            JsonNode answer = Json.MAPPER.readTree(process.awaitOutputLine());
            assertThat(answer.path("id").asInt()).isEqualTo(id);
            return answer.at("/result/structuredContent");
        }

        @Override
        public void close() {
            process.close();
        }
    }

    @Test
    void two_programs_with_one_key_share_its_quota_and_each_is_told_of_its_own_jobs() throws Exception {
        String key = platform.key(Role.SUBMIT, Map.of("concurrent_jobs", CONCURRENT_JOBS));
        Map<String, Object> background = Map.of("code", "sleep 600", "wait_seconds", 0);
        try (Program one = Program.start(key);
                Program other = Program.start(key)) {
            String first =
                    one.facts(1, "execute_bash", background).path("job_id").asText();
            String second =
                    other.facts(1, "execute_bash", background).path("job_id").asText();
            assertThat(first).isNotEmpty().isNotEqualTo(second);
            for (Program program : new Program[] {one, other}) {
                JsonNode refused = program.facts(2, "execute_bash", background);
                assertThat(refused.path("code").asText()).isEqualTo("quota_exceeded");
                assertThat(refused.path("next").asText()).contains("cancel_job");
            }
            // The job is the key's: whoever has it may end it, and the place is anybody's then.
            other.facts(3, "cancel_job", Map.of("job_id", first));
            assertThat(result(key, first)).isEqualTo(Outcome.CANCELLED);
            JsonNode ran = one.facts(3, "execute_bash", Map.of("code", "echo 42"));
            assertThat(ran.path("code").asText()).as("%s", ran).isEqualTo("ok");
            other.facts(4, "cancel_job", Map.of("job_id", second));
        }
    }

    @Test
    void what_one_program_waits_for_ends_with_it_and_not_what_the_other_does() throws Exception {
        String key = platform.key(Role.SUBMIT);
        try (Program one = Program.start(key);
                Program other = Program.start(key)) {
            String stays = other.facts(1, "execute_bash", Map.of("code", "sleep 600", "wait_seconds", 0))
                    .path("job_id")
                    .asText();
            one.process().write(waiting(1, "sleep 600") + "\n");
            String ends = jobOf(Json.MAPPER.readTree(one.process().awaitOutputLine()));
            one.process().type("");
            assertThat(one.process().awaitEnd().exitCode()).isZero();
            assertThat(result(key, ends)).isEqualTo(Outcome.CANCELLED);
            JsonNode status = other.facts(2, "check_job_status", Map.of("job_id", stays, "wait_seconds", 0));
            assertThat(status.path("finished").asBoolean(true)).as("%s", status).isFalse();
            other.facts(3, "cancel_job", Map.of("job_id", stays));
        }
    }

    /** A call that waits, and tells its job as soon as it has one. */
    private static String waiting(int id, String code) {
        ObjectNode message = (ObjectNode)
                Json.read(call(id, "execute_bash", Map.of("code", code, "wait_seconds", 50)), JsonNode.class);
        ((ObjectNode) message.path("params")).putObject("_meta").put("progressToken", "t");
        return message.toString();
    }

    private static String jobOf(JsonNode progress) {
        String said = progress.at("/params/message").asText();
        return said.substring(said.lastIndexOf(' ') + 1);
    }

    private static Outcome result(String key, String jobId) throws IOException {
        return platform.client(key)
                .result(jobId, PATIENCE_SECONDS)
                .orElseThrow()
                .code();
    }

    /** A session over HTTP of a key. */
    private static final class Session implements AutoCloseable {
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final String key;
        private final String id;

        Session(String key) throws Exception {
            this.key = key;
            HttpResponse<String> opened = http.send(post(initialize()).build(), BodyHandlers.ofString());
            this.id = opened.headers().firstValue(SESSION).orElseThrow();
        }

        private HttpRequest.Builder post(String body) {
            return HttpRequest.newBuilder(URI.create(platform.url() + "/mcp"))
                    .timeout(Duration.ofSeconds((long) PATIENCE_SECONDS))
                    .header("Accept", "application/json, text/event-stream")
                    .header("Content-Type", "application/json")
                    .header(ApiKey.HEADER, key)
                    .POST(BodyPublishers.ofString(body));
        }

        /** Begins a call that waits. */
        Waiting begin(int id, String code) throws Exception {
            HttpRequest request =
                    post(waiting(id, code)).header(SESSION, this.id).build();
            BufferedReader events = new BufferedReader(new InputStreamReader(
                    http.send(request, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
            String line = events.readLine();
            while (!line.startsWith("data: ")) {
                line = events.readLine();
            }
            return new Waiting(events, jobOf(Json.read(line.substring("data: ".length()), JsonNode.class)));
        }

        void callOff(int id) throws Exception {
            String off = Json.write(
                    Map.of("jsonrpc", "2.0", "method", "notifications/cancelled", "params", Map.of("requestId", id)));
            HttpRequest request = post(off).header(SESSION, this.id).build();
            assertThat(http.send(request, BodyHandlers.discarding()).statusCode())
                    .isEqualTo(202);
        }

        @Override
        public void close() {
            HttpRequest request = post("").DELETE().header(SESSION, id).build();
            http.sendAsync(request, BodyHandlers.discarding()).join();
        }
    }

    /** A call on its way. */
    private record Waiting(BufferedReader events, String jobId) {}

    @Test
    void one_request_id_in_two_sessions_is_two_calls() throws Exception {
        String key = platform.key(Role.SUBMIT);
        try (Session one = new Session(key);
                Session other = new Session(key)) {
            Waiting ends = one.begin(7, "sleep 600");
            Waiting stays = other.begin(7, "sleep 600");
            one.callOff(7);
            assertThat(result(key, ends.jobId())).isEqualTo(Outcome.CANCELLED);
            JsonNode status = platform.client(key).status(stays.jobId(), 0);
            assertThat(status.path("code").isNull()).as("%s", status).isTrue();
            other.callOff(7);
            assertThat(result(key, stays.jobId())).isEqualTo(Outcome.CANCELLED);
        }
    }

    /** As the protocol has it: only a notification calls a call off. The job tells longer than the broker is silent. */
    @Test
    void a_connection_that_breaks_ends_no_job() throws Exception {
        String key = platform.key(Role.SUBMIT);
        try (Session session = new Session(key)) {
            Waiting cut = session.begin(1, "sleep 3; echo done");
            cut.events().close();
            assertThat(result(key, cut.jobId())).isEqualTo(Outcome.OK);
        }
    }
}
