package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agents do stands in the audit log, and counts for their keys, like what others do. */
class AgentsAuditTest {
    private static final String INITIALIZE = """
            {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
             "capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}}""";
    private static final String RUN = """
            {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "execute_bash",
             "arguments": {"code": "true", "wait_seconds": 0}}}""";

    @TempDir
    Path directory;

    private static BrokerUnderTest.Reply say(BrokerUnderTest broker, String session, String message) {
        var request = broker.request("/mcp")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(message));
        return broker.send(session.isEmpty() ? request : request.header("Mcp-Session-Id", session));
    }

    @Test
    void jobs_and_refusals_of_agents_are_written_down_and_counted() throws Exception {
        String keyId;
        try (BrokerUnderTest broker = BrokerUnderTest.start(directory)) {
            BrokerUnderTest admin = broker.as(broker.key("admin"));
            JsonNode made = admin.post("/keys", Map.of("role", "submit", "jobs_per_hour", 1))
                    .body();
            keyId = made.path("id").asText();
            BrokerUnderTest agent = broker.as(made.path("key").asText());
            assertThat(say(broker, "", INITIALIZE).status()).isEqualTo(401);
            String session = say(agent, "", INITIALIZE)
                    .raw()
                    .headers()
                    .firstValue("Mcp-Session-Id")
                    .orElseThrow();
            assertThat(say(agent, session, RUN).raw().body()).contains("is not finished");
            assertThat(say(agent, session, RUN.replace("\"id\": 1", "\"id\": 2"))
                            .raw()
                            .body())
                    .contains("quota_exceeded")
                    .contains("retry_after");
        }
        List<JsonNode> lines = new ArrayList<>();
        AuditPages.each(directory, line -> lines.add(Json.read(line, JsonNode.class)));
        assertThat(lines)
                .filteredOn(line -> line.path("event").asText().equals("jobs_submitted"))
                .singleElement()
                .satisfies(line -> assertThat(line.path("by").asText()).isEqualTo(keyId));
        assertThat(lines.toString()).contains("key_required").contains("quota_exceeded");
    }
}
