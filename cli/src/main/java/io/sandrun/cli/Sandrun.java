package io.sandrun.cli;

import io.sandrun.node.policy.PolicyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * #EXIT_USAGE}, or of a node {@link #EXIT_WAITING}, {@link #EXIT_REFUSED} or {@link #EXIT_POLICY}.
 */
@Command(
        name = "sandrun",
        description = "Runs code in sandboxes on machines that you own.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
final class Sandrun implements Callable<Integer> {
    static final int EXIT_FAILURE = 1;
    static final int EXIT_USAGE = 2;

    /** EX_TEMPFAIL of sysexits.h: it is for somebody else to do something first. */
    static final int EXIT_WAITING = 75;

    /** EX_NOPERM of sysexits.h: starting the same again is no use, as service managers can be told. */
    static final int EXIT_REFUSED = 77;

    /** EX_CONFIG of sysexits.h: its owner's policy cannot be read, so that nothing is known to be allowed. */
    static final int EXIT_POLICY = 78;

    /** By their names, in the order of the help. */
    static final List<Map.Entry<String, Class<?>>> COMMANDS = List.of(
            Map.entry("up", UpCommand.class),
            Map.entry("broker", BrokerCommand.class),
            Map.entry("node", NodeCommand.class),
            Map.entry("join", JoinCommand.class),
            Map.entry("run", RunCommand.class),
            Map.entry("submit", SubmitCommand.class),
            Map.entry("map", MapCommand.class),
            Map.entry("status", StatusCommand.class),
            Map.entry("results", ResultsCommand.class),
            Map.entry("logs", LogsCommand.class),
            Map.entry("outputs", OutputsCommand.class),
            Map.entry("download", DownloadCommand.class),
            Map.entry("receipt", ReceiptCommand.class),
            Map.entry("verify", VerifyCommand.class),
            Map.entry("cancel", CancelCommand.class),
            Map.entry("rerun", RerunCommand.class),
            Map.entry("jobs", JobsCommand.class),
            Map.entry("nodes", NodesCommand.class),
            Map.entry("pool", PoolCommand.class),
            Map.entry("environments", EnvironmentsCommand.class),
            Map.entry("drain", DrainCommand.class),
            Map.entry("pause", PauseCommand.class),
            Map.entry("resume", ResumeCommand.class),
            Map.entry("policy", PolicyCommand.class),
            Map.entry("env", EnvCommand.class),
            Map.entry("doctor", DoctorCommand.class),
            Map.entry("selftest", SelftestCommand.class),
            Map.entry("keygen", KeygenCommand.class),
            Map.entry("fingerprint", FingerprintCommand.class),
            Map.entry("key", KeyCommand.class),
            Map.entry("stats", StatsCommand.class),
            Map.entry("top", TopCommand.class),
            Map.entry("health", HealthCommand.class),
            Map.entry("audit", AuditCommand.class),
            Map.entry("mcp", McpCommand.class),
            Map.entry("completion", CompletionCommand.class),
            Map.entry("man", ManCommand.class),
            Map.entry("help", CommandLine.HelpCommand.class));

    /** Those that tell of the others. */
    private static final Set<String> TELL_OF_ALL = Set.of("help", "man", "completion");

    private static final Set<String> VERSION = Set.of("--version", "-V");

    /** Those that services start, with their options in a file: {@code @FILE}. */
    private static final Set<String> SERVERS = Set.of("up", "broker", "node");

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
        String[] spelled = OlderForm.spelledOut(args);
        String first = spelled.length == 0 ? "" : spelled[0];
        // What programs are called with is theirs, also where it looks like a file with options.
        return prepared(needed(first)).setExpandAtFiles(SERVERS.contains(first)).execute(spelled);
    }

    /** The command with all that it can do. */
    static CommandLine commandLine() {
        return prepared(COMMANDS);
    }

    /** All, which take longer than Java's own start, are made for who asks what there is, or names nothing that is. */
    private static List<Map.Entry<String, Class<?>>> needed(String first) {
        if (VERSION.contains(first)) {
            return List.of();
        }
        List<Map.Entry<String, Class<?>>> named = COMMANDS.stream()
                .filter(one -> one.getKey().equals(first) && !TELL_OF_ALL.contains(first))
                .toList();
        return named.isEmpty() ? COMMANDS : named;
    }

    private static CommandLine prepared(List<Map.Entry<String, Class<?>>> commands) {
        CommandLine command = new CommandLine(new Sandrun());
        commands.forEach(one -> command.addSubcommand(one.getValue()));
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
            return exitCode(failure);
        };
    }

    private static int exitCode(Exception failure) {
        if (failure instanceof PolicyException) {
            return EXIT_POLICY;
        }
        return failure instanceof UsageException ? EXIT_USAGE : EXIT_FAILURE;
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
