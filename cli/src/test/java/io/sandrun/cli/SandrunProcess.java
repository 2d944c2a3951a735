package io.sandrun.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line as a process of its own, as a user would start it; ended with its test. */
final class SandrunProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final String NO_FOLDER = "/dev/null";

    private final Process process;
    private final CompletableFuture<byte[]> output;
    private final BlockingQueue<String> outputLines = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> errorLines = new LinkedBlockingQueue<>();
    private final List<String> seenErrorLines = new ArrayList<>();
    private final Thread errorReader;

    private SandrunProcess(Process process) {
        this.process = process;
        this.output = CompletableFuture.supplyAsync(this::readOutput);
        this.errorReader = new Thread(this::readErrors, "errors of " + process.pid());
        errorReader.setDaemon(true);
        errorReader.start();
    }

    /** How a process ended and what it said. */
    record Ended(int exitCode, String output, String errors) {}

    static SandrunProcess start(Map<String, String> environment, String... args) throws IOException {
        return new SandrunProcess(builder(environment, args).start());
    }

    /** With its standard output in a file. */
    static SandrunProcess startInto(Path output, Map<String, String> environment, String... args) throws IOException {
        return new SandrunProcess(
                builder(environment, args).redirectOutput(output.toFile()).start());
    }

    /** One whose files may not be larger than this: writing more fails as on a full disk. */
    static SandrunProcess startWithin(int kilobytes, Map<String, String> environment, String... args)
            throws IOException {
        ProcessBuilder builder = builder(environment, args);
        // Java would keep a file of its own, of 32 KiB, for whoever asks how it fares.
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:-UsePerfData");
        builder.command().addAll(0, List.of("bash", "-c", "ulimit -f " + kilobytes + " && exec \"$0\" \"$@\""));
        return new SandrunProcess(builder.start());
    }

    private static ProcessBuilder builder(Map<String, String> environment, String... args) {
        // Its servers do not live for long either.
        List<String> command = JavaCommand.of(JavaCommand.Role.COMMAND);
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        forgetDeveloper(builder.environment());
        builder.environment().putAll(environment);
        return builder;
    }

    /** Neither the developer's own broker nor a key or a pin for it is to be found. */
    static void forgetDeveloper(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("SANDRUN_"));
        environment.put("XDG_CONFIG_HOME", NO_FOLDER);
    }

    static Ended run(Map<String, String> environment, String standardInput, String... args) throws Exception {
        try (SandrunProcess sandrun = start(environment, args)) {
            sandrun.type(standardInput);
            return sandrun.awaitEnd();
        }
    }

    /** Gives it all of its standard input. */
    void type(String standardInput) throws IOException {
        process.getOutputStream().write(standardInput.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
    }

    /** Gives it a piece of its standard input. */
    void write(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Waits for the next line on standard output. */
    String awaitOutputLine() throws InterruptedException {
        String line = outputLines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("it printed no further line; it said: " + String.join("\n", seen()));
        }
        return line;
    }

    /** Waits for its end and returns what it printed. */
    byte[] awaitOutput() throws Exception {
        return output.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Waits for a line on standard error and returns the first group of the pattern in it. */
    String awaitError(String pattern) throws InterruptedException {
        Pattern compiled = Pattern.compile(pattern);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            String line = errorLines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new AssertionError("no line like '%s' in: %s".formatted(pattern, String.join("\n", seen())));
            }
            Matcher matcher = compiled.matcher(line);
            if (matcher.find()) {
                return matcher.groupCount() == 0 ? line : matcher.group(1);
            }
        }
    }

    void terminate() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    Ended awaitEnd() throws Exception {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the process did not end; it said: " + String.join("\n", seen()));
        }
        errorReader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return new Ended(
                process.exitValue(),
                new String(output.get(PATIENCE_SECONDS, TimeUnit.SECONDS), StandardCharsets.UTF_8),
                String.join("\n", seen()));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** What it has written to its standard error so far. */
    String said() {
        return String.join("\n", seen());
    }

    private List<String> seen() {
        synchronized (seenErrorLines) {
            return List.copyOf(seenErrorLines);
        }
    }

    private void readErrors() {
        try (var reader = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (seenErrorLines) {
                    seenErrorLines.add(line);
                }
                errorLines.add(line);
            }
        } catch (IOException ended) {
            // The process is gone and its pipe with it.
        }
    }

    private byte[] readOutput() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] piece = new byte[64 * 1024];
        try (InputStream in = process.getInputStream()) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                all.write(piece, 0, count);
                for (int index = 0; index < count; index++) {
                    if (piece[index] == '\n') {
                        outputLines.add(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    } else {
                        line.write(piece[index]);
                    }
                }
            }
        } catch (IOException ended) {
            // The process is gone and its pipe with it.
        }
        return all.toByteArray();
    }
}
