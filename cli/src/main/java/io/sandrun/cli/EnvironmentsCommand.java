package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What jobs can name as their environment. */
@Command(
        name = "environments",
        mixinStandardHelpOptions = true,
        description = "Lists the environments that nodes have prepared, for `run --environment`.")
final class EnvironmentsCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Option(names = "--json", description = "Print everything that is known of them as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode answer = broker.client().environments();
        if (json) {
            Console.say(answer.toString());
            return 0;
        }
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
        return 0;
    }
}
