package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;

/** What the caller has of its quota. */
@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        description = "Tells what you have of your quota, and how busy the broker is.")
final class StatsCommand extends AnswerCommand {
    private static final double MIB = 1 << 20;

    @Override
    JsonNode ask(BrokerClient client) throws IOException {
        return client.stats();
    }

    @Override
    void show(JsonNode answer) {
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
    }

    private static String oneDecimal(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    /** A number that may mean that there is none. */
    static String limit(JsonNode number) {
        return number.asLong() > Integer.MAX_VALUE / 2 ? "-" : number.asText();
    }
}
