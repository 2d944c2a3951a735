package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Who works for this broker. */
@Command(
        name = "nodes",
        mixinStandardHelpOptions = true,
        description = "Lists the nodes, what they offer, and what their answers are worth.",
        subcommands = NodesCommand.Forgive.class)
final class NodesCommand extends AnswerCommand {
    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.nodes();
    }

    @Override
    void show(JsonNode answer) {
        Table table = new Table("NODE", "NAME", "STATE", "DONE", "FAILED", "INTERPRETERS", "STANDING");
        for (JsonNode node : answer.path("nodes")) {
            List<String> interpreters = new ArrayList<>();
            node.path("capabilities").path("interpreters").forEach(name -> interpreters.add(name.asText()));
            table.row(
                    node.path("id").asText(),
                    node.path("name").asText(),
                    state(node),
                    node.path("jobs_completed").asText(),
                    node.path("jobs_failed").asText(),
                    String.join(" ", interpreters),
                    standing(node));
        }
        table.print();
    }

    /** With the reason, where its owner lets it take no work. */
    private static String state(JsonNode node) {
        JsonNode closed = node.path("capabilities").path("owner_terms").path("closed");
        String state = node.path("state").asText();
        return closed.isObject() ? state + ": " + closed.path("reason").asText() + until(closed) : state;
    }

    private static String until(JsonNode closed) {
        JsonNode seconds = closed.path("until");
        return seconds.isNumber() ? " until " + OwnerOptions.minutes(Instant.ofEpochSecond(seconds.asLong())) : "";
    }

    /** Empty in a trusted pool, which judges nobody. */
    private static String standing(JsonNode node) {
        return node.path("standing").isTextual()
                ? node.path("standing").asText() + ": "
                        + node.path("standing_reason").asText()
                : "";
    }

    /** Makes a node new again. */
    @Command(
            name = "forgive",
            mixinStandardHelpOptions = true,
            description = "Gives a doubted or barred node another chance: it is new again.")
    static final class Forgive extends AnswerCommand {
        @Parameters(paramLabel = "NODE", description = "The node's id, as `sandrun nodes` shows it.")
        String nodeId = "";

        @Override
        JsonNode ask(BrokerClient client) throws IOException {
            return client.forgive(nodeId);
        }

        @Override
        void show(JsonNode answer) {
            Console.say(standing(answer));
        }
    }
}
