package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks for the end of a job. */
@Command(name = "cancel", mixinStandardHelpOptions = true, description = "Ends a job that waits or runs.")
final class CancelCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode answer = broker.client().cancel(jobId);
        boolean ended = "cancelled".equals(answer.path("state").asText());
        Console.say(json ? answer.toString() : ended ? "cancelled" : "its node was told to end it");
        return 0;
    }
}
