package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** What jobs can name as their environment. */
@Command(
        name = "environments",
        mixinStandardHelpOptions = true,
        description = "Lists the environments that nodes have prepared, for `run --environment`.")
final class EnvironmentsCommand extends AnswerCommand {
    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.environments();
    }

    @Override
    void show(JsonNode answer) {
        Table table = new Table("ENVIRONMENT", "PYTHON", "PACKAGES");
        for (JsonNode environment : answer.path("environments")) {
            List<String> packages = new ArrayList<>();
            environment.path("packages").forEach(name -> packages.add(name.asText()));
            table.row(
                    environment.path("name").asText(),
                    environment.path("python_version").asText(""),
                    String.join(" ", packages));
        }
        table.print();
    }
}
