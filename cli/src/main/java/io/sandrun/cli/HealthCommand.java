package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a broker is there. */
@Command(
        name = "health",
        mixinStandardHelpOptions = true,
        description = "Tells whether the broker is there, and how busy it is. Exits with 1 if it is not.")
final class HealthCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode health = broker.client().health(TIMEOUT);
        Console.say(
                json
                        ? health.toString()
                        : Console.escaped("%s: %d jobs wait, %d run, %d nodes, version %s"
                                .formatted(
                                        health.path("status").asText(),
                                        health.path("pending_jobs").asLong(),
                                        health.path("running_jobs").asLong(),
                                        health.path("active_nodes").asInt(),
                                        health.path("version").asText())));
        return 0;
    }
}
