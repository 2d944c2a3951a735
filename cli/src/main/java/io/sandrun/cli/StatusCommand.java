package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.PhasesMs;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a job stands. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Tells where a job stands.")
final class StatusCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(names = "--wait", paramLabel = "SECONDS", description = "Wait that long for the job to end.")
    double waitSeconds;

    @Option(names = "--json", description = "Print the whole status as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode status = broker.client().status(jobId, Math.min(waitSeconds, Limits.WAIT_SECONDS_MAX));
        if (json) {
            Console.say(status.toString());
            return 0;
        }
        StringBuilder line = new StringBuilder(status.path("state").asText());
        append(line, " (", status.path("code"), ")");
        append(line, " on ", status.path("node_id"), "");
        append(line, ", ", status.path("start"), " start" + phases(status.path("phases_ms")));
        append(line, ": ", status.path("reason"), "");
        append(line, ": ", status.path("pending_reason"), "");
        Console.say(Console.escaped(line.toString()));
        return 0;
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
