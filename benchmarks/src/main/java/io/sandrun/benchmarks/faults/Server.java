package io.sandrun.benchmarks.faults;

import io.sandrun.cli.JavaCommand;
import io.sandrun.cli.JavaCommand.Role;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A broker or a node as a process of its own, which can be killed, stopped and started again over the same data. What
 * it says goes to a file beside its data. For one thread.
 */
public final class Server implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);
    private static final long PAUSE_MS = 50;

    /** Attempts of a job must not run out in a suite that hurts nodes all the time. */
    private static final String MAX_RETRIES = "100";

    /** Short, so that a round takes seconds. */
    static final Duration NODE_TIMEOUT = Duration.ofSeconds(2);

    private final Path log;
    private final Map<String, String> environment;
    private final List<String> command;
    private Process process;

    private Server(Path log, Map<String, String> environment, List<String> command) throws IOException {
        this.log = log;
        this.environment = environment;
        this.command = command;
        this.process = launch();
    }

    static Server broker(Path data, int port, Map<String, String> environment) throws IOException {
        List<String> args = List.of(
                "broker",
                "--port",
                String.valueOf(port),
                "--data",
                data.toString(),
                "--node-timeout",
                String.valueOf(NODE_TIMEOUT.toSeconds()),
                "--max-retries",
                MAX_RETRIES);
        Server broker = new Server(data.resolveSibling(data.getFileName() + ".log"), environment, java(args));
        broker.awaitHealth(port);
        return broker;
    }

    /**
     * Starts a node; the broker may be away.
     *
     * @param more of its options
     */
    public static Server node(Path data, URI broker, int slots, String... more) throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "node",
                "--broker",
                broker.toString(),
                "--data",
                data.toString(),
                "--slots",
                String.valueOf(slots),
                "--drain-seconds",
                "0",
                "--environments",
                "none"));
        args.addAll(List.of(more));
        return new Server(data.resolveSibling(data.getFileName() + ".log"), Map.of(), java(args));
    }

    /** A port that was free just now. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private static List<String> java(List<String> args) {
        // None of them lives for long.
        List<String> command = JavaCommand.of(Role.COMMAND, "-Xmx256m");
        command.addAll(args);
        return command;
    }

    private Process launch() throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().remove("SANDRUN_URL");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private void awaitHealth(int port) throws IOException {
        BrokerClient client = new BrokerClient(url(port));
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try {
                client.health(HEALTH_TIMEOUT);
                return;
            } catch (IOException notYet) {
                if (exitsWithin(PAUSE_MS) || System.nanoTime() > deadline) {
                    throw new IOException("the broker did not start; it said:\n" + said(), notYet);
                }
            }
        }
    }

    /** As SIGKILL does: nothing of the process runs any more when this returns. */
    void kill() throws IOException {
        process.destroyForcibly();
        if (!exitsWithin(START_TIMEOUT.toMillis())) {
            throw new IOException("process %d does not die".formatted(process.pid()));
        }
    }

    /** Starts a killed node again. */
    void restart() throws IOException {
        process = launch();
    }

    /** Starts a killed broker again and waits until it serves. */
    void restart(int port) throws IOException {
        process = launch();
        awaitHealth(port);
    }

    /** @param name STOP or CONT */
    void signal(String name) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        try {
            if (!kill.waitFor(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IOException("kill -%s failed for process %d".formatted(name, process.pid()));
            }
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    public String said() throws IOException {
        return Files.readString(log);
    }

    /** Waits until it has said one of two texts; answers whether it is the first. */
    public boolean saysEither(String wanted, String other) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!said().contains(wanted)) {
            boolean isGone = exitsWithin(PAUSE_MS);
            if (said().contains(wanted)) {
                return true;
            }
            if (said().contains(other)) {
                return false;
            }
            if (isGone || System.nanoTime() > deadline) {
                throw new IOException("never said '%s' but:\n%s".formatted(wanted, said()));
            }
        }
        return true;
    }

    private boolean exitsWithin(long waitMs) throws IOException {
        try {
            return process.waitFor(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException(stop);
        }
    }

    @Override
    public void close() throws IOException {
        kill();
    }
}
