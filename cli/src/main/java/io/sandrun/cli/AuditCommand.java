package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.AuditFinding;
import io.sandrun.broker.AuditPages;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who did what at a broker: its log, read where it lies. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Shows and checks the broker's log of who did what, on the machine of the broker.",
        subcommands = {AuditCommand.Verify.class, AuditCommand.Show.class})
final class AuditCommand {
    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Tells whether any line was changed, taken out, moved or cut off.")
    static final class Verify implements Callable<Integer> {
        @Mixin
        DataOption data = new DataOption();

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "One file of a log (default: all of the data).")
        @Nullable
        Path file;

        @Option(names = "--json", description = "Print what was found as JSON.")
        boolean json;

        @Override
        public Integer call() throws IOException {
            AuditFinding found = file != null ? AuditPages.checkFile(file) : AuditPages.check(data.broker());
            String fault = found.fault();
            if (json) {
                Map<String, Object> body = new LinkedHashMap<>();
                body.put("valid", fault == null);
                body.put("lines", found.lines());
                body.put("fault", fault);
                Console.say(Json.write(body));
            } else if (fault == null) {
                Console.say("whole and unchanged: %d lines".formatted(found.lines()));
            } else {
                Console.complain("the audit log is not as it was written: " + fault);
            }
            return fault == null ? 0 : Sandrun.EXIT_FAILURE;
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints the log, the oldest line first.")
    static final class Show implements Callable<Integer> {
        @Mixin
        DataOption data = new DataOption();

        @Option(names = "--json", description = "Print the lines as they are.")
        boolean json;

        @Override
        public Integer call() throws IOException {
            AuditPages.each(data.broker(), line -> Console.say(json ? line : inShort(line)));
            return 0;
        }

        private static String inShort(String line) {
            JsonNode parsed = Json.read(line, JsonNode.class);
            StringBuilder text = new StringBuilder("%s  %s  %s"
                    .formatted(
                            parsed.path("at").asText(),
                            parsed.path("event").asText(),
                            parsed.path("by").asText()));
            parsed.properties().forEach(field -> {
                boolean isSaid = Set.of("n", "at", "event", "by", "previous").contains(field.getKey());
                if (!isSaid && !field.getValue().isNull()) {
                    text.append("  ")
                            .append(field.getKey())
                            .append('=')
                            .append(field.getValue().asText());
                }
            });
            return Console.escaped(text.toString()).replace('\n', ' ');
        }
    }
}
