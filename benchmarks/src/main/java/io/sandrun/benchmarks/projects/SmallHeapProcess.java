package io.sandrun.benchmarks.projects;

import io.sandrun.cli.JavaCommand;
import io.sandrun.cli.JavaCommand.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A broker or a node whose heap is bounded, as a process of its own. For one thread. */
final class SmallHeapProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Pattern PEAK_RESIDENT = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern COLLECTED = Pattern.compile("Pause .* (\\d+)M->(\\d+)M\\(");
    private static final long KIB_OF_MIB = 1024;

    private final Process process;
    private final Path collections;
    private final BlockingQueue<String> errors = new LinkedBlockingQueue<>();

    private SmallHeapProcess(Process process, Path collections) {
        this.process = process;
        this.collections = collections;
        Thread reader = new Thread(this::readErrors, "errors of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * The most memory that it had, MiB.
     *
     * @param heap before a collection
     * @param live after a collection: what was needed at that moment
     * @param resident in RAM, with all that is no heap
     */
    record Peak(long heap, long live, long resident) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "heap %d MiB, after a collection %d MiB; RAM %d MiB", heap, live, resident);
        }
    }

    /** @param data its directory; what it tells of its heap lies beside */
    static SmallHeapProcess start(int heapMebibytes, Path data, String... args) throws IOException {
        Path collections = data.resolveSibling(data.getFileName() + ".gc");
        List<String> command = JavaCommand.of(
                Role.BROKER,
                "-Xmx" + heapMebibytes + "m",
                "-Xlog:gc:file=" + collections,
                "-XX:+ExitOnOutOfMemoryError");
        command.addAll(List.of(args));
        command.addAll(List.of("--data", data.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().remove("SANDRUN_URL");
        return new SmallHeapProcess(builder.start(), collections);
    }

    /** Waits for a line on its standard error that has this, and returns the pattern's first group. */
    String awaitError(String pattern) throws IOException, InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (true) {
            String line = errors.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) {
                throw new IOException("no line like '" + pattern + "' came");
            }
            Matcher matcher = wanted.matcher(line);
            if (matcher.find()) {
                return matcher.groupCount() == 0 ? line : matcher.group(1);
            }
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    Peak peak() throws IOException {
        Matcher resident = PEAK_RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
        if (!resident.find()) {
            throw new IOException("the process is gone");
        }
        long heap = 0;
        long live = 0;
        for (String line : Files.readAllLines(collections)) {
            Matcher collected = COLLECTED.matcher(line);
            if (collected.find()) {
                heap = Math.max(heap, Long.parseLong(collected.group(1)));
                live = Math.max(live, Long.parseLong(collected.group(2)));
            }
        }
        return new Peak(heap, live, Long.parseLong(resident.group(1)) / KIB_OF_MIB);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void readErrors() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                errors.add(line);
                if (line.contains(" WARN ") || line.contains(" ERROR ") || line.contains("OutOfMemoryError")) {
                    System.err.println(process.pid() + ": " + line);
                }
            }
        } catch (IOException ended) {
            // The process is gone and its pipe with it.
        }
    }
}
