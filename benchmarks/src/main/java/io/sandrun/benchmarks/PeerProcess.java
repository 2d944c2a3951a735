package io.sandrun.benchmarks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server from one of Debian's packages on a free port of loopback. Ended with the benchmark. */
final class PeerProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(10);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String DIRECTORIES = System.getenv().getOrDefault("PATH", "") + ":/usr/bin:/usr/sbin";

    private final Process process;
    private final int port;

    private PeerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Where the program is, if it is installed. */
    static Optional<Path> find(String program) {
        return Stream.of(DIRECTORIES.split(":"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** Starts it and waits until it takes connections. */
    static PeerProcess start(int port, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        PeerProcess started = new PeerProcess(process, port);
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!started.listens()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                started.close();
                throw new IOException(command.get(0) + " does not listen");
            }
            LockSupport.parkNanos(RETRY_NANOS);
        }
        return started;
    }

    private boolean listens() throws IOException {
        try {
            new LineConnection(port).close();
            return true;
        } catch (ConnectException notYet) {
            return false;
        }
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
}
