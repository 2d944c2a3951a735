package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Agents at the broker's own {@code /mcp}. */
@ExtendWith(SharedAgentPlatform.class)
class AgentsOverHttpTest extends AgentStories {
    private static final double PATIENCE_SECONDS = 60;
    private static final String INITIALIZE = """
            {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
             "capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}}""";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final BlockingQueue<ProgressNotification> HEARD = new LinkedBlockingQueue<>();

    private static AgentPlatform platform;
    private static String anna;
    private static String ben;
    private static McpSyncClient client;

    @BeforeAll
    static void start(AgentPlatform shared) throws Exception {
        platform = shared;
        anna = platform.key(Role.SUBMIT);
        ben = platform.key(Role.SUBMIT);
        client = client(transport(anna), HEARD);
    }

    private static HttpClientStreamableHttpTransport transport(String key) {
        return HttpClientStreamableHttpTransport.builder(platform.url())
                .requestBuilder(HttpRequest.newBuilder().header(ApiKey.HEADER, key))
                .build();
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.close();
        }
    }

    @Override
    McpSyncClient client() {
        return client;
    }

    @Override
    BlockingQueue<ProgressNotification> heard() {
        return HEARD;
    }

    private static HttpRequest.Builder request() {
        return HttpRequest.newBuilder(URI.create(platform.url() + "/mcp"))
                .timeout(Duration.ofSeconds((long) PATIENCE_SECONDS))
                .header("Accept", "application/json, text/event-stream")
                .header("Content-Type", "application/json");
    }

    private static HttpRequest.Builder post(String body) {
        return request().header(ApiKey.HEADER, anna).POST(BodyPublishers.ofString(body));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String session() throws Exception {
        HttpResponse<String> opened = send(post(INITIALIZE));
        assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
        assertThat(Json.MAPPER
                        .readTree(opened.body())
                        .at("/result/serverInfo/name")
                        .asText())
                .isEqualTo("sandrun");
        return opened.headers().firstValue("Mcp-Session-Id").orElseThrow();
    }

    private static void refused(HttpResponse<String> answer, int status, String code) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(Json.MAPPER.readTree(answer.body()).path("code").asText()).isEqualTo(code);
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void only_whoever_may_submit_has_the_tools() throws Exception {
        refused(send(request().POST(BodyPublishers.ofString(INITIALIZE))), 401, "key_required");
        String reader = platform.key(Role.READ);
        refused(
                send(request().header(ApiKey.HEADER, reader).POST(BodyPublishers.ofString(INITIALIZE))),
                403,
                "role_refused");
        String revoked = platform.key(Role.SUBMIT);
        platform.revoke(revoked);
        refused(
                send(request().header(ApiKey.HEADER, revoked).POST(BodyPublishers.ofString(INITIALIZE))),
                401,
                "key_ended");
        refused(
                send(HttpRequest.newBuilder(URI.create(platform.url() + "/mcp?api_key=" + anna))
                        .POST(BodyPublishers.ofString(INITIALIZE))),
                400,
                "key_in_url");
    }

    @Test
    void a_web_page_of_another_origin_is_refused() throws Exception {
        refused(send(post(INITIALIZE).header("Origin", "https://evil.example")), 403, "origin_refused");
        HttpResponse<String> own = send(post(INITIALIZE).header("Origin", "http://localhost:5173"));
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(own.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
                .contains("Mcp-Session-Id");
    }

    @Test
    void what_is_no_message_is_refused_in_the_shape_of_all_errors() throws Exception {
        refused(send(post("[1, 2")), 400, "invalid_json");
        refused(send(post("[" + INITIALIZE + "]")), 400, "invalid_json");
        refused(send(post("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}")), 400, "missing_field");
        refused(
                send(post("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}")
                        .header("Mcp-Session-Id", "nothing")),
                404,
                "unknown_session");
        refused(send(post(INITIALIZE).header("MCP-Protocol-Version", "1999-01-01")), 400, "invalid_field");
        refused(send(request().header(ApiKey.HEADER, anna).GET()), 405, "method_not_allowed");
        refused(
                send(request()
                        .setHeader("Content-Type", "text/plain")
                        .header(ApiKey.HEADER, anna)
                        .POST(BodyPublishers.ofString(INITIALIZE))),
                415,
                "unsupported_media_type");
        refused(send(post(" ".repeat((8 << 20) + 1))), 413, "body_too_large");
    }

    @Test
    void sessions_and_jobs_are_their_callers_own() throws Exception {
        CallToolResult made = call("execute_bash", Map.of("code", "echo secret"));
        String jobId = String.valueOf(facts(made).get("job_id"));
        try (McpSyncClient other = client(transport(ben), new LinkedBlockingQueue<>())) {
            for (String tool : new String[] {"check_job_status", "get_job_logs", "list_outputs", "cancel_job"}) {
                CallToolResult hidden = other.callTool(CallToolRequest.builder(tool)
                        .arguments(Map.of("job_id", jobId))
                        .build());
                assertThat(facts(hidden).get("code")).as(tool).isEqualTo("unknown_job");
            }
        }
        String session = session();
        String ping = "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}";
        assertThat(send(post(ping).header("Mcp-Session-Id", session)).body()).contains("\"result\":{}");
        refused(
                send(request()
                        .header(ApiKey.HEADER, ben)
                        .header("Mcp-Session-Id", session)
                        .POST(BodyPublishers.ofString(ping))),
                404,
                "unknown_session");
        assertThat(send(request()
                                .header(ApiKey.HEADER, anna)
                                .header("Mcp-Session-Id", session)
                                .DELETE())
                        .statusCode())
                .isEqualTo(200);
        refused(send(post(ping).header("Mcp-Session-Id", session)), 404, "unknown_session");
    }

    @Test
    void a_call_that_is_called_off_ends_its_job_and_is_not_answered() throws Exception {
        String session = session();
        String call = """
                {"jsonrpc": "2.0", "id": "one", "method": "tools/call", "params": {"name": "execute_bash",
                 "arguments": {"code": "sleep 600", "wait_seconds": 50}, "_meta": {"progressToken": 7}}}""";
        HttpRequest request = post(call).header("Mcp-Session-Id", session).build();
        HttpResponse<InputStream> answer = HTTP.send(request, BodyHandlers.ofInputStream());
        try (BufferedReader events = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            String first = Stream.generate(() -> line(events))
                    .filter(line -> line.startsWith("data: "))
                    .findFirst()
                    .orElseThrow();
            JsonNode progress = Json.MAPPER.readTree(first.substring("data: ".length()));
            String said = progress.at("/params/message").asText();
            String jobId = said.substring(said.lastIndexOf(' ') + 1);
            assertThat(progress.at("/params/progressToken").asInt()).isEqualTo(7);

            String off = """
                    {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "one"}}""";
            HttpResponse<String> heard = send(post(off).header("Mcp-Session-Id", session));
            assertThat(heard.statusCode()).isEqualTo(202);
            JobResult result =
                    platform.client(anna).result(jobId, PATIENCE_SECONDS).orElseThrow();
            assertThat(result.code()).isEqualTo(Outcome.CANCELLED);
            assertThat(events.lines().toList()).noneMatch(line -> line.contains("\"result\""));
        }
    }

    private static String line(BufferedReader events) {
        try {
            String line = events.readLine();
            assertThat(line).as("the stream ended").isNotNull();
            return line;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
