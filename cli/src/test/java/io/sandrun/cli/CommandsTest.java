package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What holds for all commands together. */
class CommandsTest {
    private static final Path ROUTES = Path.of("../broker/src/main/java/io/sandrun/broker/http/Routes.java");
    private static final Pattern ROUTE =
            Pattern.compile("routes\\.(get|post|put|delete|ws)\\(Paths\\.(\\w+)([^,]*),.*, (\\w+)\\);");

    /** The command for each route that clients use. */
    private static final Map<String, String> COMMANDS = new TreeMap<>(Map.ofEntries(
            Map.entry("post SUBMIT", "submit"),
            Map.entry("post SUBMIT_BATCH", "map"),
            Map.entry("post RUN", "run"),
            Map.entry("get STATUS", "status"),
            Map.entry("get RESULTS", "results"),
            Map.entry("get RECEIPTS", "receipt"),
            Map.entry("get OUTPUTS", "outputs"),
            Map.entry("get DOWNLOAD", "download"),
            Map.entry("post CANCEL", "cancel"),
            Map.entry("get LOGS", "logs"),
            Map.entry("ws LOGS", "logs"),
            Map.entry("ws STREAM", "logs"),
            Map.entry("ws WS", "logs"),
            Map.entry("post MCP", "mcp"),
            Map.entry("delete MCP", "mcp"),
            Map.entry("get JOBS", "jobs"),
            Map.entry("delete JOBS", "cancel"),
            Map.entry("post JOBS", "rerun"),
            Map.entry("get EVENTS", "top"),
            Map.entry("post NODES", "drain"),
            Map.entry("get STATS", "stats"),
            Map.entry("post KEYS", "key create"),
            Map.entry("get KEYS", "key list"),
            Map.entry("delete KEYS", "key revoke"),
            Map.entry("get NODES", "nodes"),
            Map.entry("get POOL", "pool"),
            Map.entry("get ENVIRONMENTS", "environments")));

    /** Routes that machines ask which watch a broker. */
    private static final Set<String> FOR_MACHINES = Set.of("get METRICS");

    /** Those that print no data of their own, and why. */
    private static final Map<String, String> WITHOUT_JSON = Map.ofEntries(
            Map.entry("up", "serves"),
            Map.entry("broker", "serves"),
            Map.entry("node", "serves"),
            Map.entry("join", "serves"),
            Map.entry("mcp", "serves"),
            Map.entry("map", "prints JSON"),
            Map.entry("receipt", "prints JSON"),
            Map.entry("key set", "prints JSON"),
            Map.entry("download", "writes files"),
            Map.entry("completion", "prints a script"),
            Map.entry("man", "prints a page"),
            Map.entry("help", "prints help"),
            Map.entry("env add", "writes files"),
            Map.entry("env remove", "writes files"));

    private static CommandLine find(String name) {
        CommandLine command = Sandrun.commandLine();
        for (String word : name.split(" ", -1)) {
            command = command.getSubcommands().get(word);
            assertThat(command).as("the command %s", name).isNotNull();
        }
        return command;
    }

    @Test
    void every_route_for_clients_has_a_command() throws Exception {
        Set<String> routes = new TreeSet<>();
        Matcher route = ROUTE.matcher(Files.readString(ROUTES));
        while (route.find()) {
            // What is open to everybody is for probes and browsers.
            if (!List.of("NODE", "OPEN").contains(route.group(4))) {
                routes.add(route.group(1) + " " + route.group(2));
            }
        }
        assertThat(routes).containsAll(FOR_MACHINES);
        routes.removeAll(FOR_MACHINES);
        assertThat(routes).isEqualTo(COMMANDS.keySet());
        COMMANDS.values().forEach(CommandsTest::find);
    }

    @Test
    void every_command_that_prints_data_prints_it_as_json_too() {
        Set<String> without = new HashSet<>();
        for (CommandLine command : ManPage.all(Sandrun.commandLine()).toList()) {
            boolean isLeaf = command.getSubcommands().isEmpty();
            if (isLeaf && command.getCommandSpec().findOption("--json") == null) {
                without.add(command.getCommandSpec().qualifiedName(" ").replaceFirst("^sandrun ", ""));
            }
        }
        assertThat(without).isEqualTo(WITHOUT_JSON.keySet());
    }

    @Test
    void every_option_and_parameter_says_what_it_is() {
        for (CommandLine command : ManPage.all(Sandrun.commandLine()).toList()) {
            command.getCommandSpec()
                    .args()
                    .forEach(arg -> assertThat(arg.description())
                            .as("%s %s", ManPage.name(command), arg.paramLabel())
                            .isNotEmpty());
        }
    }

    @Test
    void colours_are_for_terminals_and_for_those_who_want_them() throws Exception {
        List<Map<String, String>> plain = List.of(Map.of(), Map.of("NO_COLOR", "1"), Map.of("TERM", "dumb"));
        for (Map<String, String> environment : plain) {
            assertThat(SandrunProcess.run(environment, "", "--help").output()).doesNotContain("\033");
        }
    }
}
