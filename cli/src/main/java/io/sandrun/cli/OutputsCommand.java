package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a job left behind. */
@Command(
        name = "outputs",
        mixinStandardHelpOptions = true,
        description = "Lists the files that a job left behind. `sandrun download` fetches them.")
final class OutputsCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Option(names = "--json", description = "Print everything that is known of them as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode answer = broker.client().outputs(jobId);
        if (json) {
            Console.say(answer.toString());
            return 0;
        }
        Table table = new Table("PATH", "BYTES", "TYPE");
        for (JsonNode output : answer.path("outputs")) {
            table.row(
                    output.path("path").asText(),
                    output.path("size_bytes").asText(),
                    output.path("type").asText());
        }
        table.print();
        return 0;
    }
}
