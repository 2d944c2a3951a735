package io.sandrun.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The {@code sandrun} command. Exit codes: the job's own for {@code run}; else 0, {@link #EXIT_FAILURE}, {@link
 * #EXIT_USAGE}, or of a node {@link #EXIT_REFUSED}.
 */
@Command(
        name = "sandrun",
        description = "Runs code in sandboxes on machines that you own.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            BrokerCommand.class,
            NodeCommand.class,
            RunCommand.class,
            SubmitCommand.class,
            MapCommand.class,
            StatusCommand.class,
            ResultsCommand.class,
            LogsCommand.class,
            OutputsCommand.class,
            DownloadCommand.class,
            ReceiptCommand.class,
            VerifyCommand.class,
            CancelCommand.class,
            JobsCommand.class,
            NodesCommand.class,
            PoolCommand.class,
            EnvironmentsCommand.class,
            DrainCommand.class,
            EnvCommand.class,
            DoctorCommand.class,
            SelftestCommand.class,
            KeygenCommand.class,
            FingerprintCommand.class,
            KeyCommand.class,
            StatsCommand.class,
            TopCommand.class,
            HealthCommand.class,
            AuditCommand.class,
            McpCommand.class,
            CompletionCommand.class,
            ManCommand.class,
            CommandLine.HelpCommand.class
        })
final class Sandrun implements Callable<Integer> {
    static final int EXIT_FAILURE = 1;
    static final int EXIT_USAGE = 2;

    /** EX_NOPERM of sysexits.h: starting the same again is no use, as service managers can be told. */
    static final int EXIT_REFUSED = 77;

    private static final List<String> PROGRAM_COMMANDS = List.of("run", "submit", "map");

    @Option(
            names = "--generate-key",
            paramLabel = "FILE",
            description = "Makes a node's key: `keygen FILE` in the words of older documents.")
    @Nullable
    Path generateKey;

    @Spec
    @Nullable
    CommandSpec spec;

    private Sandrun() {}

    @Override
    public Integer call() throws IOException {
        if (generateKey == null) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), "Missing required subcommand");
        }
        return KeygenCommand.make(generateKey, false);
    }

    static int execute(String... args) {
        return commandLine().execute(OlderForm.spelledOut(args));
    }

    /** The command with all that it can do. */
    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new Sandrun());
        // What follows the program belongs to the program, options of the same name included.
        command.getSubcommands().forEach((name, subcommand) -> {
            if (PROGRAM_COMMANDS.contains(name)) {
                subcommand.setStopAtPositional(true);
            }
        });
        return command.setExecutionExceptionHandler(oneLine())
                .setParameterExceptionHandler(usageInOneLine())
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /** What a person can act on is one line; what only a developer can is the trace, on request. */
    private static IExecutionExceptionHandler oneLine() {
        return (failure, command, parsed) -> {
            if (System.getenv("SANDRUN_DEBUG") != null) {
                failure.printStackTrace();
            }
            Console.complain(sentence(failure));
            return failure instanceof UsageException ? EXIT_USAGE : EXIT_FAILURE;
        };
    }

    private static String sentence(Exception failure) {
        Exception cause = failure instanceof UncheckedIOException unchecked
                ? Objects.requireNonNull(unchecked.getCause())
                : failure;
        String message = cause.getMessage();
        boolean foreseen = cause instanceof IOException
                || cause instanceof UsageException
                || cause.getClass().getName().startsWith("io.sandrun.");
        return foreseen && message != null ? message : "%s (set SANDRUN_DEBUG=1 to see where)".formatted(cause);
    }

    private static IParameterExceptionHandler usageInOneLine() {
        return (failure, args) -> {
            CommandLine command = failure.getCommandLine();
            Console.complain("%s See `%s --help`."
                    .formatted(
                            ended(failure.getMessage()),
                            command.getCommandSpec().qualifiedName(" ")));
            return EXIT_USAGE;
        };
    }

    private static String ended(@Nullable String message) {
        String sentence = String.valueOf(message);
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }
}
