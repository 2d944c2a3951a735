package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A broker at work. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description =
                "Shows the queue, the nodes and the jobs, again and again until q is pressed; once where there is "
                        + "no terminal.")
final class TopCommand implements Callable<Integer> {
    private static final double INTERVAL_SECONDS_MIN = 0.2;
    private static final String HELP = "q quits, space asks again";

    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Option(
            names = {"-d", "--delay"},
            paramLabel = "SECONDS",
            description = "How often to ask (default: ${DEFAULT-VALUE}).")
    double intervalSeconds = 2;

    @Option(names = "--once", description = "Show it once, on a terminal too.")
    boolean once;

    @Option(names = "--json", description = "Print what is known, once, as JSON.")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!(intervalSeconds >= INTERVAL_SECONDS_MIN && intervalSeconds <= 3_600)) {
            throw new UsageException("--delay must be %s to 3600 seconds.".formatted(INTERVAL_SECONDS_MIN));
        }
        BrokerClient client = broker.client();
        TopPage page = TopPage.of(client);
        if (json) {
            JsonNode facts = page.facts();
            Console.say(facts.toString());
        } else if (once || !Console.isScreen()) {
            page.lines(now()).forEach(Console::say);
        } else {
            watch(client, page);
        }
        return 0;
    }

    /** A broker that goes away is said, and looked for again. */
    private void watch(BrokerClient client, TopPage first) throws IOException, InterruptedException {
        TopPage page = first;
        String trouble = "";
        try (Screen screen = Screen.open()) {
            while (true) {
                screen.draw(lines(client, page, trouble));
                Optional<Character> key = screen.key((long) (intervalSeconds * 1e3));
                if (key.filter(pressed -> pressed == 'q' || pressed == 'Q').isPresent()) {
                    return;
                }
                try {
                    page = TopPage.of(client);
                    trouble = "";
                } catch (IOException away) {
                    trouble = Console.escaped(String.valueOf(away.getMessage())).replace('\n', ' ');
                }
            }
        }
    }

    private static List<String> lines(BrokerClient client, TopPage page, String trouble) {
        List<String> lines = new ArrayList<>();
        lines.add("sandrun top - %s - %s".formatted(Console.escaped(client.url()), trouble.isEmpty() ? HELP : trouble));
        lines.addAll(page.lines(now()));
        return lines;
    }

    private static double now() {
        return System.currentTimeMillis() / 1e3;
    }
}
