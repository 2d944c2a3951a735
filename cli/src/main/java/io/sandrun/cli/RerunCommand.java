package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The same once more. */
@Command(
        name = "rerun",
        mixinStandardHelpOptions = true,
        description = "Submits a job once more, as it was submitted, and prints the new job's id.")
final class RerunCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode ticket = broker.client().rerun(jobId);
        Console.say(json ? ticket.toString() : ticket.path("job_id").asText());
        return 0;
    }
}
