package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.store.WriteObserver;
import io.sandrun.broker.store.WriteObserver.Step;
import io.sandrun.protocol.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What agents meet at a broker whose disk takes nothing, and when it does again. */
class AgentsOnFullDiskTest {
    private static final Map<String, Object> CLIENT = Map.of(
            "protocolVersion", "2025-06-18",
            "capabilities", Map.of(),
            "clientInfo", Map.of("name", "a test", "version", "1"));

    /** More than a session may have of jobs, and of calls at once. */
    private static final int CALLS = 40;

    /** Of free disk that a broker insists on, MB: more than there is. */
    private static final int MORE_THAN_THERE_IS_MB = 1 << 20;

    private final AtomicBoolean isDiskFull = new AtomicBoolean();

    @TempDir
    Path directory;

    private static BrokerUnderTest.Reply say(BrokerUnderTest broker, String session, String method, Object params) {
        String message = Json.write(Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", params));
        var request = broker.request("/mcp")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(message));
        return broker.send(session.isEmpty() ? request : request.header("Mcp-Session-Id", session));
    }

    private static String session(BrokerUnderTest broker) {
        return say(broker, "", "initialize", CLIENT)
                .raw()
                .headers()
                .firstValue("Mcp-Session-Id")
                .orElseThrow();
    }

    private static JsonNode call(BrokerUnderTest broker, String session, String tool, Map<String, Object> arguments) {
        String answer = say(broker, session, "tools/call", Map.of("name", tool, "arguments", arguments))
                .raw()
                .body();
        // An event where the broker may tell of progress, else the message alone.
        return Json.read(answer.substring(answer.indexOf('{')).strip(), JsonNode.class)
                .path("result");
    }

    @Test
    void a_session_outlives_a_full_disk_and_gets_its_places_back() {
        WriteObserver observer = step -> {
            if (step == Step.COMMIT && isDiskFull.get()) {
                throw new IllegalStateException("the disk is full");
            }
        };
        Map<String, Object> run = Map.of("code", "true", "wait_seconds", 0);
        try (BrokerUnderTest broker =
                BrokerUnderTest.start(directory, settings -> settings, Clock.systemUTC(), observer)) {
            String session = session(broker);
            isDiskFull.set(true);
            for (int call = 0; call < CALLS; call++) {
                JsonNode refused = call(broker, session, "execute_bash", run);
                assertThat(refused.path("isError").asBoolean())
                        .as("%s", refused)
                        .isTrue();
                assertThat(refused.at("/structuredContent/code").asText()).isEqualTo("unavailable");
                assertThat(refused.at("/structuredContent/next").asText()).contains("Try again");
            }
            assertThat(call(broker, session, "list_environments", Map.of())
                            .path("isError")
                            .asBoolean())
                    .isFalse();
            isDiskFull.set(false);
            JsonNode taken = call(broker, session, "execute_bash", run);
            String jobId = taken.at("/structuredContent/job_id").asText();
            assertThat(broker.state(jobId)).isEqualTo("pending");
        }
    }

    @Test
    void files_for_which_there_is_no_room_are_refused_with_what_to_do() {
        try (BrokerUnderTest broker =
                BrokerUnderTest.start(directory, settings -> settings.minFreeDiskMb(MORE_THAN_THERE_IS_MB))) {
            JsonNode refused = call(
                    broker,
                    session(broker),
                    "run_project",
                    Map.of("files", List.of(Map.of("path", "main.py", "content", "print(1)")), "wait_seconds", 0));
            assertThat(refused.path("isError").asBoolean()).as("%s", refused).isTrue();
            assertThat(refused.at("/structuredContent/code").asText()).isEqualTo("disk_full");
            assertThat(refused.at("/content/0/text").asText()).contains("disk").contains("What to do:");
        }
    }
}
