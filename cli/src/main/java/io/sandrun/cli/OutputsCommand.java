package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What a job left behind. */
@Command(
        name = "outputs",
        mixinStandardHelpOptions = true,
        description = "Lists the files that a job left behind. `sandrun download` fetches them.")
final class OutputsCommand extends AnswerCommand {
    @Parameters(paramLabel = "JOB", description = "The job's id.")
    String jobId = "";

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.outputs(jobId);
    }

    @Override
    void show(JsonNode answer) {
        Table table = new Table("PATH", "BYTES", "TYPE");
        for (JsonNode output : answer.path("outputs")) {
            table.row(
                    output.path("path").asText(),
                    output.path("size_bytes").asText(),
                    output.path("type").asText());
        }
        table.print();
    }
}
