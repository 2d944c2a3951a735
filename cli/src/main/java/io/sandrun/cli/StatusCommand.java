package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.PhasesMs;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Where a job stands. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Tells where a job stands.")
final class StatusCommand extends AnswerCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Mixin
    WaitOption wait = new WaitOption();

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.status(jobId, wait.seconds());
    }

    @Override
    void show(JsonNode status) {
        StringBuilder line = new StringBuilder(status.path("state").asText());
        append(line, " (", status.path("code"), ")");
        append(line, " on ", status.path("node_id"), "");
        append(line, ", ", status.path("start"), " start" + phases(status.path("phases_ms")));
        append(line, ": ", status.path("reason"), "");
        append(line, ": ", status.path("pending_reason"), "");
        Console.say(Console.escaped(line.toString()));
    }

    private static String phases(JsonNode phasesMs) {
        return phasesMs.isObject() ? " " + StartText.of(Json.read(phasesMs.toString(), PhasesMs.class)) : "";
    }

    private static void append(StringBuilder line, String before, JsonNode value, String after) {
        if (value.isTextual() && !value.asText().isEmpty()) {
            line.append(before).append(value.asText()).append(after);
        }
    }
}
