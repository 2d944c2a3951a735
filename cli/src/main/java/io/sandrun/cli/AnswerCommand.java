package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that asks the broker one thing and shows the answer: to people, or with {@code --json} to programs. */
abstract class AnswerCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    abstract JsonNode ask(BrokerClient client) throws IOException;

    /** Shows people what they want to know of it. */
    abstract void show(JsonNode answer);

    @Override
    public final Integer call() throws IOException {
        JsonNode answer = ask(broker.client());
        if (json) {
            Console.say(answer.toString());
        } else {
            show(answer);
        }
        return 0;
    }
}
