package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who works for this broker. */
@Command(name = "nodes", mixinStandardHelpOptions = true, description = "Lists the nodes and what they offer.")
final class NodesCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Option(names = "--json", description = "Print everything that is known as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode answer = broker.client().nodes();
        if (json) {
            Console.say(answer.toString());
            return 0;
        }
        Table table = new Table("NODE", "NAME", "STATE", "DONE", "FAILED", "INTERPRETERS");
        for (JsonNode node : answer.path("nodes")) {
            List<String> interpreters = new ArrayList<>();
            node.path("capabilities").path("interpreters").forEach(name -> interpreters.add(name.asText()));
            table.row(
                    node.path("id").asText(),
                    node.path("name").asText(),
                    node.path("state").asText(),
                    node.path("jobs_completed").asText(),
                    node.path("jobs_failed").asText(),
                    String.join(" ", interpreters));
        }
        table.print();
        return 0;
    }
}
