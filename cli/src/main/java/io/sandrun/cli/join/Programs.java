package io.sandrun.cli.join;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the system that are called and waited for. */
final class Programs {
    /** For a service that ends its jobs before it stops; nothing here takes longer. */
    private static final long PATIENCE_SECONDS = 180;

    private Programs() {}

    static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    /** Whether a program is there and content; what it says is nobody's. */
    static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            ProcessBuilder quiet = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            return end(quiet, command) == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** What a program says, without blanks around; empty where it fails. */
    static String said(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("sandrun", ".said");
        try {
            ProcessBuilder program = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD);
            return end(program, command) == 0 ? Files.readString(output).strip() : "";
        } finally {
            Files.delete(output);
        }
    }

    /** @throws IOException if it fails; it has said why on standard error */
    static void run(List<String> command) throws IOException, InterruptedException {
        int status = exitCode(new ProcessBuilder(command));
        if (status != 0) {
            throw new IOException("`%s` ended with %d.".formatted(String.join(" ", command), status));
        }
    }

    /** What a program says is said to whoever called us; it finds none of our own variables. */
    static int exitCode(ProcessBuilder program) throws IOException, InterruptedException {
        program.environment().keySet().removeIf(name -> name.startsWith("SANDRUN_"));
        return end(program.inheritIO(), program.command());
    }

    private static int end(ProcessBuilder program, List<String> command) throws IOException, InterruptedException {
        Process process = program.directory(Path.of("/").toFile()).start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(
                        "`%s` did not end within %d s.".formatted(String.join(" ", command), PATIENCE_SECONDS));
            }
            return process.exitValue();
        } finally {
            process.destroy();
        }
    }
}
