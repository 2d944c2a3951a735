package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a server that is written for machines. */
class ServerLogTest {
    @TempDir
    Path directory;

    @Test
    void each_line_of_a_broker_is_an_object_from_its_start_to_its_end() throws Exception {
        try (SandrunProcess broker = SandrunProcess.start(
                Map.of(), "broker", "--log-format", "json", "--port", "0", "--data", directory.toString())) {
            broker.awaitError("listening at");
            broker.terminate();
            var ended = broker.awaitEnd();
            assertThat(ended.output()).isEmpty();
            List<String> lines = ended.errors().lines().toList();
            assertThat(lines).hasSizeGreaterThan(1);
            for (String line : lines) {
                JsonNode said = Json.MAPPER.readTree(line);
                assertThat(said.path("level").asText()).as(line).isIn("INFO", "WARN");
                assertThat(said.path("formattedMessage").asText()).as(line).isNotEmpty();
                assertThat(said.path("timestamp").isIntegralNumber()).as(line).isTrue();
            }
        }
    }

    /** The runtime knows Java's own loggers only. */
    @Test
    void what_the_runtime_says_is_an_object_too() throws Exception {
        Files.createDirectories(directory.resolve("node/groups-1-1"));
        try (SandrunProcess node = SandrunProcess.start(
                Map.of("SANDRUN_LOG_FORMAT", "json"),
                "node",
                "--no-installs",
                "--environments=none",
                "--data=" + directory)) {
            JsonNode said = Json.MAPPER.readTree(node.awaitError("(.*cannot look for groups.*)"));
            assertThat(said.path("level").asText()).isEqualTo("WARN");
            assertThat(said.path("loggerName").asText()).startsWith("io.sandrun.runtime.");
        }
    }

    @Test
    void what_keeps_a_node_from_starting_is_an_object_too() throws Exception {
        var ended = SandrunProcess.run(
                Map.of("SANDRUN_LOG_FORMAT", "json"), "", "node", "--slots", "0", "--data", directory.toString());
        assertThat(ended.exitCode()).isEqualTo(2);
        JsonNode said = Json.MAPPER.readTree(ended.errors());
        assertThat(said.path("level").asText()).isEqualTo("ERROR");
        assertThat(said.path("formattedMessage").asText()).contains("--slots");
    }

    @Test
    void another_format_is_refused_in_one_line() throws Exception {
        var ended = SandrunProcess.run(Map.of("SANDRUN_LOG_FORMAT", "xml"), "", "node", "--data", directory.toString());
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errors()).contains("SANDRUN_LOG_FORMAT").hasLineCount(1);
    }
}
