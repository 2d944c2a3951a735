package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a node out of service. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = "Gives a node no more work; what it runs goes on.")
final class DrainCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Parameters(paramLabel = "NODE", description = "The node's id, as `sandrun nodes` shows it.")
    String nodeId = "";

    @Option(names = "--undo", description = "Put the node back in service.")
    boolean undo;

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode answer = broker.client().drain(nodeId, undo);
        Console.say(json ? answer.toString() : undo ? "in service" : "drained");
        return 0;
    }
}
