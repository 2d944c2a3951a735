package io.sandrun.broker.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentRequestsTest {
    private final AgentServer server = new AgentServer("1");

    /** Whose answer has all messages of a request, when it is over. */
    private static final class Answer implements Outlet {
        private final List<String> messages = new CopyOnWriteArrayList<>();
        private final CompletableFuture<List<String>> all = new CompletableFuture<>();

        @Override
        public void send(String message) {
            messages.add(message);
        }

        @Override
        public void end() {
            all.complete(List.copyOf(messages));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"params\": \"all\"",
                ", \"params\": []",
                ", \"params\": {\"name\": \"get_job_logs\", \"arguments\": []}"
            })
    void a_call_that_cannot_be_read_is_answered_with_an_error(String params) throws Exception {
        AgentSession session = server.open(server.read("""
                        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-06-18",
                         "capabilities": {}, "clientInfo": {"name": "a test", "version": "1"}}}""")).session();
        AgentMessage call = server.read("{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"tools/call\"" + params + "}");
        Answer answer = new Answer();
        // No call comes as far as to the broker, which is not there.
        try (ClientWorkbench nowhere =
                new ClientWorkbench(new BrokerClient(BrokerAddress.of(URI.create("http://127.0.0.1:9")), null))) {
            session.receive(call, nowhere, answer);
            List<String> messages = answer.all.get(30, TimeUnit.SECONDS);
            assertThat(messages).hasSize(1);
            JsonNode error = Json.read(messages.get(0), JsonNode.class);
            assertThat(error.path("id").asInt()).isEqualTo(7);
            assertThat(error.path("error").path("code").asInt()).isEqualTo(-32602);
            assertThat(session.isBusy()).isFalse();
        }
    }
}
