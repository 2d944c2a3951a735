package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.OfflineKeys;
import io.sandrun.protocol.ApiKeys;
import io.sandrun.protocol.KeyClient;
import io.sandrun.protocol.KeyClient.Wish;
import io.sandrun.protocol.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who may use the broker. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Makes, lists and revokes API keys, by which a broker knows its clients and nodes.",
        subcommands = {
            KeyCommand.Create.class,
            KeyCommand.KeyList.class,
            KeyCommand.Quotas.class,
            KeyCommand.Revoke.class
        })
final class KeyCommand {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

    /** Whose keys: those of a broker that serves, or of one that stands still, by its data. */
    static final class Place {
        @Mixin
        BrokerOptions broker = new BrokerOptions();

        @Option(
                names = {"--data", "--data-dir"},
                paramLabel = "DIR",
                description = "The data of a broker that does not run, instead of one that serves.")
        @Nullable
        Path directory;

        @Option(names = "--json", description = "Print the broker's answer as JSON.")
        boolean json;

        /** What is asked of them. */
        interface Question {
            JsonNode to(ApiKeys keys) throws IOException;
        }

        JsonNode ask(Question question) throws IOException {
            if (directory == null) {
                return question.to(new KeyClient(broker.client()));
            }
            try (OfflineKeys keys = OfflineKeys.open(directory)) {
                return question.to(keys);
            }
        }
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Makes a key and prints it, this once.")
    static final class Create implements Callable<Integer> {
        @Mixin
        Place place = new Place();

        @Option(
                names = "--role",
                required = true,
                paramLabel = "ROLE",
                description = "read, submit, admin, or node for a machine that shall work.")
        Role role = Role.READ;

        @Option(names = "--name", paramLabel = "TEXT", description = "What it is for, or whose.")
        String name = "";

        @Option(names = "--expires", paramLabel = "DAYS", description = "Days after which it ends (default: never).")
        @Nullable
        Double days;

        @Option(
                names = "--for",
                paramLabel = "KEY_ID",
                description = "With --role read: the key whose jobs it sees (default: everybody's).")
        @Nullable
        String reads;

        @Mixin
        QuotaOptions quota = new QuotaOptions();

        @Override
        public Integer call() throws IOException {
            JsonNode made = place.ask(keys -> keys.create(new Wish(role, name, days, reads, quota.fields())));
            if (place.json) {
                Console.say(made.toString());
                return 0;
            }
            Console.tell("the key %s, which is shown this once:"
                    .formatted(made.path("id").asText()));
            Console.say(made.path("key").asText());
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys; not the secrets.")
    static final class KeyList implements Callable<Integer> {
        @Mixin
        Place place = new Place();

        @Override
        public Integer call() throws IOException {
            JsonNode answer = place.ask(ApiKeys::list);
            if (place.json) {
                Console.say(answer.toString());
                return 0;
            }
            Table table = new Table("KEY", "ROLE", "STATE", "FOR", "CREATED", "EXPIRES", "NAME");
            for (JsonNode key : answer.path("keys")) {
                table.row(
                        key.path("id").asText(),
                        key.path("role").asText(),
                        key.path("state").asText(),
                        key.path("for").asText(""),
                        time(key.path("created_at")),
                        time(key.path("expires_at")),
                        key.path("name").asText());
            }
            table.print();
            return 0;
        }

        private static String time(JsonNode seconds) {
            return seconds.isNumber() ? TIME.format(Instant.ofEpochMilli((long) (seconds.asDouble() * 1e3))) : "-";
        }
    }

    @Command(
            name = "set",
            mixinStandardHelpOptions = true,
            description = "Gives a key limits of its own; those that are not named are the broker's usual ones.")
    static final class Quotas implements Callable<Integer> {
        @Mixin
        BrokerOptions broker = new BrokerOptions();

        @Mixin
        QuotaOptions quota = new QuotaOptions();

        @Parameters(paramLabel = "KEY_ID", description = "As `sandrun key list` shows it.")
        String id = "";

        @Override
        public Integer call() throws IOException {
            Console.say(
                    new KeyClient(broker.client()).setQuota(id, quota.fields()).toString());
            return 0;
        }
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Ends a key at once, with all that waits or goes on under it.")
    static final class Revoke implements Callable<Integer> {
        @Mixin
        Place place = new Place();

        @Parameters(paramLabel = "KEY_ID", description = "As `sandrun key list` shows it.")
        String id = "";

        @Override
        public Integer call() throws IOException {
            JsonNode answer = place.ask(keys -> keys.revoke(id));
            Console.say(place.json ? answer.toString() : answer.path("state").asText());
            return 0;
        }
    }
}
