package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The same once more. */
@Command(
        name = "rerun",
        mixinStandardHelpOptions = true,
        description = "Submits a job once more, as it was submitted, and prints the new job's id.")
final class RerunCommand extends AnswerCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.rerun(jobId);
    }

    @Override
    void show(JsonNode ticket) {
        Console.say(ticket.path("job_id").asText());
    }
}
