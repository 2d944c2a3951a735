package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Hands a job in and leaves. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = "Submits a program, or a folder or archive with one, and prints the job's id.")
final class SubmitCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Mixin
    JobOptions job = new JobOptions();

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        job.keepsFiles = true;
        JsonNode ticket = Submission.of(job).send(broker.client());
        Console.say(json ? ticket.toString() : ticket.path("job_id").asText());
        return 0;
    }
}
