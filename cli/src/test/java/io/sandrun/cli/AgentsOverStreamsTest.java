package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.Role;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Agents that start {@code sandrun mcp}. */
@ExtendWith(SharedAgentPlatform.class)
class AgentsOverStreamsTest extends AgentStories {
    private static final double PATIENCE_SECONDS = 60;
    private static final String INITIALIZE =
            "{\"jsonrpc\": \"2.0\", \"id\": 0, \"method\": \"initialize\", \"params\": "
                    + "{\"protocolVersion\": \"2025-06-18\", \"capabilities\": {}, "
                    + "\"clientInfo\": {\"name\": \"a test\", \"version\": \"1\"}}}\n";

    private static final BlockingQueue<ProgressNotification> HEARD = new LinkedBlockingQueue<>();

    private static AgentPlatform platform;
    private static Map<String, String> environment;
    private static McpSyncClient client;

    @BeforeAll
    static void start(AgentPlatform shared) throws Exception {
        platform = shared;
        environment = Map.of("SANDRUN_URL", platform.url(), "SANDRUN_API_KEY", platform.key(Role.SUBMIT));
        List<String> java = JavaCommand.of(JavaCommand.Role.COMMAND);
        java.add("mcp");
        ServerParameters command = ServerParameters.builder(java.get(0))
                .args(java.subList(1, java.size()))
                .env(environment)
                .build();
        client = client(new StdioClientTransport(command, new JacksonMcpJsonMapper(new ObjectMapper())), HEARD);
    }

    @AfterAll
    static void stop() {
        if (client != null) {
            client.closeGracefully();
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

    @Test
    void a_line_that_is_no_message_is_answered_and_ends_nothing() throws Exception {
        var ended = SandrunProcess.run(
                environment,
                "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"ping\"}\nno JSON\n" + INITIALIZE
                        + "{\"jsonrpc\": \"2.0\", \"id\": 2, \"method\": \"ping\"}\n",
                "mcp");
        var lines = ended.output().lines().toList();
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("\"error\"").contains("initialize");
        assertThat(lines.get(1)).contains("-32700").contains("JSON-RPC");
        assertThat(lines.get(2)).contains("\"sandrun\"").contains("2025-06-18");
        assertThat(lines.get(3)).contains("\"id\":2").contains("\"result\":{}");
    }

    @Test
    void what_a_client_waits_for_ends_with_the_client() throws Exception {
        try (SandrunProcess mcp = SandrunProcess.start(environment, "mcp")) {
            mcp.write(
                    INITIALIZE + "{\"jsonrpc\": \"2.0\", \"id\": 5, \"method\": \"tools/call\", \"params\": {\"name\": "
                            + "\"execute_bash\", \"arguments\": {\"code\": \"sleep 600\", \"wait_seconds\": 50}, "
                            + "\"_meta\": {\"progressToken\": \"t\"}}}\n");
            mcp.awaitOutputLine();
            JsonNode progress = Json.MAPPER.readTree(mcp.awaitOutputLine());
            String said = progress.at("/params/message").asText();
            String jobId = said.substring(said.lastIndexOf(' ') + 1);
            mcp.type("");
            assertThat(mcp.awaitEnd().exitCode()).isZero();
            assertThat(platform.client(environment.getOrDefault("SANDRUN_API_KEY", ""))
                            .result(jobId, PATIENCE_SECONDS)
                            .orElseThrow()
                            .code())
                    .isEqualTo(Outcome.CANCELLED);
        }
    }

    @Test
    void a_broker_that_is_not_there_is_an_answer_and_no_end() throws Exception {
        try (SandrunProcess mcp = SandrunProcess.start(Map.of("SANDRUN_URL", "http://127.0.0.1:9"), "mcp")) {
            mcp.write(INITIALIZE + "{\"jsonrpc\": \"2.0\", \"id\": 3, \"method\": \"tools/call\", \"params\": "
                    + "{\"name\": \"list_environments\", \"arguments\": {}}}\n");
            mcp.awaitOutputLine();
            JsonNode answer = Json.MAPPER.readTree(mcp.awaitOutputLine());
            assertThat(answer.at("/result/isError").asBoolean()).isTrue();
            assertThat(answer.at("/result/structuredContent/code").asText()).isEqualTo("unreachable");
            assertThat(answer.at("/result/content/0/text").asText()).contains("sandrun up");
            mcp.type("");
            assertThat(mcp.awaitEnd().exitCode()).isZero();
        }
    }
}
