package io.sandrun.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Manual pages. */
@Command(
        name = "man",
        mixinStandardHelpOptions = true,
        description = "Prints the manual page of a command, for `sandrun man run | man -l -`; or writes those of all.")
final class ManCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "As it is typed, such as key create.")
    List<String> names = List.of();

    @Option(names = "--all", paramLabel = "DIR", description = "Write the pages of all commands there, as NAME.1.")
    @Nullable
    Path all;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CommandLine root = Objects.requireNonNull(spec).root().commandLine();
        if (all != null) {
            writeAll(root, all);
            return 0;
        }
        CommandLine command = root;
        for (String name : names) {
            command = command.getSubcommands().get(name);
            if (command == null) {
                throw new UsageException(
                        "There is no command %s. See `sandrun --help`.".formatted(String.join(" ", names)));
            }
        }
        Console.say(ManPage.of(command).stripTrailing());
        return 0;
    }

    private static void writeAll(CommandLine root, Path directory) throws IOException {
        Files.createDirectories(directory);
        for (CommandLine command : ManPage.all(root).toList()) {
            Files.writeString(
                    directory.resolve(ManPage.name(command) + ".1"), ManPage.of(command), StandardCharsets.UTF_8);
        }
    }
}
