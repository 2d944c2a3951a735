package io.sandrun.benchmarks;

import io.sandrun.cli.JavaCommand;
import io.sandrun.cli.JavaCommand.Role;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A broker in a process of its own, as shipped, on a free port. Ended with the benchmark. */
final class BrokerProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening at (http://\\S+)");
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HEAP_USED = Pattern.compile("heap +total \\d+K, used (\\d+)K");
    private static final long BYTES_PER_KB = 1024;
    private static final Pattern COMPILER = Pattern.compile("\\(C[12] Comp");

    /** Behind the name: user time, and then the system's, in hundredths of a second. */
    private static final int USER_TICKS = 11;

    private static final long NANOS_OF_TICK = TimeUnit.MILLISECONDS.toNanos(10);

    /** Further flags for the broker's Java, such as a profiler's. */
    private static final String JAVA_OPTIONS = "SANDRUN_JAVA_OPTS";

    private final Process process;
    private final CompletableFuture<URI> url = new CompletableFuture<>();

    private BrokerProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readErrors, "broker's errors");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a broker and waits until it serves. */
    static BrokerProcess start(Path data, String... options) throws Exception {
        BrokerProcess broker = launch(data, options);
        broker.url();
        return broker;
    }

    /** Starts a broker and does not wait. */
    static BrokerProcess launch(Path data, String... options) throws IOException {
        String more = System.getenv().getOrDefault(JAVA_OPTIONS, "").strip();
        List<String> command = JavaCommand.of(Role.BROKER, more.isEmpty() ? new String[0] : more.split("\\s+", -1));
        command.add("broker");
        // Simulated nodes have no keys: what is measured is the broker, and not their signing.
        command.addAll(List.of("--port", "0", "--data", data.toString(), "--allow-unsigned-nodes"));
        command.addAll(List.of(options));
        return launch(new ProcessBuilder(command));
    }

    /** Likewise by a command line of one's own. */
    static BrokerProcess launch(ProcessBuilder command) throws IOException {
        return new BrokerProcess(
                command.redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
    }

    /** Where it listens; waits until it does. */
    URI url() throws Exception {
        return url.get(START_PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** CPU time that it has used so far, nanoseconds. */
    long cpuNanos() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    /** Of that, what Java's compilers took, nanoseconds; those of their threads that are gone do not count. */
    long compilersNanos() throws IOException {
        long ticks = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads) {
                ticks += compilersTicks(thread);
            }
        }
        return ticks * NANOS_OF_TICK;
    }

    private static long compilersTicks(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            if (!COMPILER.matcher(stat).find()) {
                return 0;
            }
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1]);
        } catch (IOException gone) {
            // Java ends compilers' threads that have nothing to do.
            return 0;
        }
    }

    /** Memory that it has in RAM, bytes. */
    long residentBytes() throws IOException {
        Matcher matcher = RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
        if (!matcher.find()) {
            throw new IOException("the broker is gone");
        }
        return Long.parseLong(matcher.group(1)) * BYTES_PER_KB;
    }

    /** Memory of the objects that it needs, bytes: what its heap has left after a full collection. */
    long liveHeapBytes() throws Exception {
        diagnose("GC.run");
        Matcher matcher = HEAP_USED.matcher(diagnose("GC.heap_info"));
        if (!matcher.find()) {
            throw new IOException("no heap size");
        }
        return Long.parseLong(matcher.group(1)) * BYTES_PER_KB;
    }

    private String diagnose(String command) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        BriefRun run = BriefRun.of(new ProcessBuilder(jcmd, Long.toString(process.pid()), command));
        if (!run.isGood()) {
            throw new IOException("%s failed: %s".formatted(jcmd, run.said()));
        }
        return run.said();
    }

    /** Ends it without any warning, as a crash would. */
    void kill() {
        process.destroyForcibly();
        hasEnded();
    }

    @Override
    public void close() {
        process.destroy();
        if (!hasEnded()) {
            kill();
        }
    }

    private boolean hasEnded() {
        try {
            return process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void readErrors() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    url.complete(URI.create(matcher.group(1)));
                } else if (!line.contains(" INFO ")) {
                    System.err.println("broker: " + line);
                }
            }
        } catch (IOException ended) {
            // The process is gone and its pipe with it.
        }
        url.completeExceptionally(new IOException("the broker ended before it served"));
    }
}
