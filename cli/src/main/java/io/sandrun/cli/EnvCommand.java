package io.sandrun.cli;

import io.sandrun.node.EnvironmentBench;
import io.sandrun.node.environment.EnvironmentBuilder.NotBuiltException;
import io.sandrun.node.environment.EnvironmentFolder;
import io.sandrun.node.environment.NodeEnvironments;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.EnvironmentName;
import io.sandrun.runtime.environment.EnvironmentDefinition;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.install.InstallSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The environments of this machine's node. What all nodes of a broker have, {@link EnvironmentsCommand} lists. */
@Command(
        name = "env",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, checks, adds and removes the environments of the node on this machine.",
        subcommands = {
            EnvCommand.ListAll.class,
            EnvCommand.Check.class,
            EnvCommand.Add.class,
            EnvCommand.Remove.class,
        })
final class EnvCommand {
    private EnvCommand() {}

    /** What is declared, without trying it. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists what is declared, without trying it.")
    static final class ListAll implements Callable<Integer> {
        @Mixin
        DataOption data = new DataOption();

        @Option(names = "--json", description = "Print the list as JSON.")
        boolean json;

        @Override
        public Integer call() throws IOException {
            EnvironmentFolder folder = new EnvironmentFolder(data.node());
            EnvironmentFolder.Declared declared = folder.declared();
            Table table = new Table("ENVIRONMENT", "FROM", "INTERPRETER", "PACKAGES");
            for (EnvironmentDefinition definition : declared.definitions().values()) {
                Path executable = definition.executable();
                table.row(
                        definition.name(),
                        folder.isReady(definition.name()) ? "ready" : definition.layer() == null ? "file" : "layer",
                        executable == null ? definition.language() : executable.toString(),
                        String.join(" ", definition.packages().keySet()));
            }
            table.print(json);
            declared.broken().values().forEach(Console::complain);
            return declared.broken().isEmpty() ? 0 : Sandrun.EXIT_FAILURE;
        }
    }

    /** Tries them all. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Imports every package of every environment in a sandbox. Exits with 1 if one does not work.")
    static final class Check implements Callable<Integer> {
        @Mixin
        DataOption data = new DataOption();

        @Option(names = "--json", description = "Print the findings as JSON.")
        boolean json;

        @Override
        public Integer call() throws Exception {
            try (EnvironmentBench bench = EnvironmentBench.open(data.node())) {
                NodeEnvironments checked = bench.check();
                Table table = new Table("ENVIRONMENT", "WORKS", "DETAIL");
                checked.working().forEach((name, works) -> table.row(name, "yes", packages(works)));
                checked.refused().forEach((name, why) -> table.row(name, "NO", why));
                table.print(json);
                return checked.refused().isEmpty() ? 0 : Sandrun.EXIT_FAILURE;
            }
        }
    }

    private static String packages(PreparedEnvironment environment) {
        StringJoiner packages = new StringJoiner(", ");
        environment.versions().forEach((name, version) -> packages.add((name + " " + version).strip()));
        return "%s %s: %s"
                .formatted(
                        environment.interpreter().name(),
                        environment.interpreter().version(),
                        packages);
    }

    /** Makes one. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Installs packages into an environment of its own and declares it, if it works.")
    static final class Add implements Callable<Integer> {
        @Mixin
        DataOption data = new DataOption();

        @Parameters(paramLabel = "NAME", description = "What jobs will ask for.")
        String name = "";

        @Option(
                names = "--requirements",
                required = true,
                paramLabel = "FILE",
                description = "A requirements.txt for Python, or a package.json (with its lock file beside it).")
        Path requirements = Path.of("requirements.txt");

        @Option(
                names = "--interpreter",
                paramLabel = "NAME|PATH",
                description = "python3, node, or the absolute path of one (default: by the requirements' name).")
        @Nullable
        String interpreter;

        @Option(
                names = "--index",
                paramLabel = "URL",
                description = "Where packages come from (default: the public index, or the folder alone).")
        @Nullable
        URI index;

        @Option(names = "--find-links", paramLabel = "DIR", description = "A folder of wheels and source packages.")
        @Nullable
        Path findLinks;

        @Option(
                names = "--install-host",
                paramLabel = "HOST:PORT[=ADDRESS]",
                description = "A further host to fetch from; with an address, that may be a private one.")
        List<String> hosts = List.of();

        @Option(
                names = "--preload",
                paramLabel = "MODULE,...",
                split = ",",
                description = "Modules that jobs most likely import.")
        List<String> preload = List.of();

        @Override
        public Integer call() throws Exception {
            if (!EnvironmentName.isValid(name)) {
                throw new UsageException("NAME must be " + EnvironmentName.RULE + ".");
            }
            if (findLinks != null && !Files.isDirectory(findLinks)) {
                throw new UsageException("--find-links: there is no folder " + findLinks + ".");
            }
            String wanted = interpreter == null
                    ? (requirements.toString().endsWith(".json") ? "node" : "python3")
                    : interpreter;
            boolean isNode = EnvironmentBench.languageOf(wanted).equals("node");
            try (EnvironmentBench bench = EnvironmentBench.open(data.node())) {
                PreparedEnvironment added =
                        bench.add(name, wanted, requirements.toAbsolutePath().normalize(), preload, settings(isNode));
                Console.say("%s works: %s".formatted(added.nameAndDigest(), Console.escaped(packages(added))));
                return 0;
            } catch (NotBuiltException failed) {
                Console.error(failed.log());
                throw new IOException(failed.getMessage(), failed);
            }
        }

        private InstallSettings settings(boolean isNode) {
            Optional<URI> address = Optional.ofNullable(index);
            try {
                return new InstallSettings(
                        isNode
                                ? Optional.empty()
                                : address.or(
                                        () -> findLinks == null ? Optional.of(InstallChoice.PYPI) : Optional.empty()),
                        Optional.ofNullable(findLinks)
                                .map(folder -> folder.toAbsolutePath().normalize()),
                        isNode ? address.or(() -> Optional.of(InstallChoice.NPM)) : Optional.empty(),
                        hosts,
                        InstallChoice.DEFAULT_LIMITS);
            } catch (IllegalArgumentException wrong) {
                throw new UsageException(String.valueOf(wrong.getMessage()));
            }
        }
    }

    /** Takes one away. */
    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Takes a declaration away; its packages go when the node starts the next time.")
    static final class Remove implements Callable<Integer> {
        @Mixin
        DataOption data = new DataOption();

        @Parameters(paramLabel = "NAME", description = "One that was added or declared by a file.")
        String name = "";

        @Override
        public Integer call() throws IOException {
            EnvironmentFolder folder = new EnvironmentFolder(data.node());
            if (folder.remove(name)) {
                return 0;
            }
            throw new UsageException(
                    folder.isReady(name)
                            ? name + " comes with this program: leave it out with `--environments`."
                            : "There is no environment " + name + ".");
        }
    }
}
