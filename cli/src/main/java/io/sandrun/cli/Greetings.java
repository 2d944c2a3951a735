package io.sandrun.cli;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One job in each interpreter of this machine that says hello out of its sandbox. */
final class Greetings {
    private static final String HELLO = "hello";

    /** How each says it, with a line end. */
    private static final Map<String, String> PROGRAMS = Map.of(
            "python3", "print('hello')",
            "node", "console.log('hello')",
            "bash", "echo hello",
            "sh", "echo hello",
            "ruby", "puts 'hello'",
            "perl", "print \"hello\\n\"",
            "Rscript", "cat('hello\\n')",
            "java", "public class Main { public static void main(String[] a) { System.out.println(\"hello\"); } }");

    /** Enough for the slowest of them, a JVM that compiles a class on a busy machine. */
    private static final RunLimits LIMITS = new RunLimits(
            Duration.ofSeconds(20), Duration.ofSeconds(20), 2, 512L << 20, 64, 1024, 16L << 20, 1024, 4096, 1 << 20);

    /**
     * What came of one.
     *
     * @param seen what it said, or why it did not
     */
    record Greeting(String interpreter, String version, boolean works, String seen) {}

    private Greetings() {}

    /** Lets all of them say it. One whose first program does not work may have another one further down the PATH. */
    static List<Greeting> all() throws IOException, SandboxUnavailableException {
        List<Greeting> greetings = new ArrayList<>();
        Path directory = Files.createTempDirectory("sandrun-selftest");
        try (Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, directory))) {
            new InterpreterProbe(found -> {
                        Greeting greeting = greet(sandboxes.slot(0), found);
                        greetings.add(greeting);
                        return greeting.works();
                    })
                    .find();
        } finally {
            Files.deleteIfExists(directory);
        }
        return greetings;
    }

    private static Greeting greet(Slot slot, Interpreter interpreter) {
        String program = PROGRAMS.getOrDefault(interpreter.name(), "");
        RunResult result = slot.run(
                new RunRequest(
                        interpreter.command(List.of()),
                        interpreter.environment(),
                        new byte[0],
                        List.of(new InputFile(
                                interpreter.sourceFileName(), program.getBytes(StandardCharsets.UTF_8), false)),
                        interpreter.readOnlyPaths(),
                        LIMITS),
                new Cancellation());
        String said = new String(result.stdout().bytes(), StandardCharsets.UTF_8).strip();
        boolean works = result.outcome() == Outcome.OK && said.equals(HELLO);
        String seen = works ? said + " after " + result.phases().runNanos() / 1_000_000 + " ms" : why(result);
        return new Greeting(interpreter.name(), interpreter.version(), works, seen);
    }

    private static String why(RunResult result) {
        String errors = new String(result.stderr().bytes(), StandardCharsets.UTF_8).strip();
        return "%s: %s %s".formatted(result.outcome().name().toLowerCase(Locale.ROOT), result.reason(), errors);
    }
}
