package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the caller has of its quota. */
@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        description = "Tells what you have of your quota, and how busy the broker is.")
final class StatsCommand implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Option(names = "--json", description = "Print the broker's answer as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException {
        JsonNode answer = broker.client().stats();
        if (json) {
            Console.say(answer.toString());
            return 0;
        }
        JsonNode quota = answer.path("your_quota");
        JsonNode system = answer.path("system");
        Table table = new Table("JOBS NOW", "LAST HOUR", "LEFT", "CPU S/MIN", "STORED MIB", "QUEUE", "RUNNING");
        table.row(
                quota.path("active_jobs").asText(),
                quota.path("used").asText(),
                limit(quota.path("available")),
                oneDecimal(quota.path("cpu_seconds").asDouble()),
                oneDecimal(quota.path("stored_bytes").asDouble() / MIB),
                system.path("queue_length").asText(),
                system.path("active_jobs").asText());
        table.print();
        if (!quota.path("can_submit").asBoolean()) {
            Console.tell(quota.path("reason").asText());
        }
        return 0;
    }

    private static String oneDecimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private static String limit(JsonNode number) {
        return number.asLong() > Integer.MAX_VALUE / 2 ? "-" : number.asText();
    }
}
