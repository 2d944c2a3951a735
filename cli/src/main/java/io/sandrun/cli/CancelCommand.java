package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Asks for the end of a job. */
@Command(name = "cancel", mixinStandardHelpOptions = true, description = "Ends a job that waits or runs.")
final class CancelCommand extends AnswerCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.cancel(jobId);
    }

    @Override
    void show(JsonNode answer) {
        boolean ended = "cancelled".equals(answer.path("state").asText());
        Console.say(ended ? "cancelled" : "its node was told to end it");
    }
}
