package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a node out of service. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = "Gives a node no more work; what it runs goes on.")
final class DrainCommand extends AnswerCommand {
    @Parameters(paramLabel = "NODE", description = "The node's id, as `sandrun nodes` shows it.")
    String nodeId = "";

    @Option(names = "--undo", description = "Put the node back in service.")
    boolean undo;

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.drain(nodeId, undo);
    }

    @Override
    void show(JsonNode answer) {
        Console.say(undo ? "in service" : "drained");
    }
}
