package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;

/** Whether a broker is there. */
@Command(
        name = "health",
        mixinStandardHelpOptions = true,
        description = "Tells whether the broker is there, and how busy it is. Exits with 1 if it is not.")
final class HealthCommand extends AnswerCommand {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.health(TIMEOUT);
    }

    @Override
    void show(JsonNode health) {
        Console.say(Console.escaped("%s: %d jobs wait, %d run, %d nodes, version %s"
                .formatted(
                        health.path("status").asText(),
                        health.path("pending_jobs").asLong(),
                        health.path("running_jobs").asLong(),
                        health.path("active_nodes").asInt(),
                        health.path("version").asText())));
    }
}
