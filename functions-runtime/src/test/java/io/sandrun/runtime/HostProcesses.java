package io.sandrun.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Looks at guests from outside, by a word of their command line that nobody else has. */
public final class HostProcesses {
    /** A whole agent may have to start first, on a machine that has much else to do. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private static final AtomicInteger USED = new AtomicInteger();

    private HostProcesses() {}

    /**
     * For how long a guest may sleep, so that it is known by that: more than an hour, and like no other test's, nor the
     * same one's that somebody else runs at this moment.
     */
    static String freshSeconds() {
        return "4711." + ProcessHandle.current().pid() + "0" + USED.incrementAndGet();
    }

    /** The /proc directory of the process with that argument. */
    static Optional<Path> withArgument(String argument) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (commandLine(process).contains("\0" + argument + "\0")) {
                    return Optional.of(process);
                }
            }
        }
        return Optional.empty();
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    public static void signal(String name, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("no signal " + name + " for " + pid);
        }
    }

    /** Waits, with a bound, until it is there. */
    static Path await(String argument) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < deadline) {
            Optional<Path> found = withArgument(argument);
            if (found.isPresent()) {
                return found.get();
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        throw new AssertionError("no process with the argument " + argument);
    }

    /** Waits, with a bound, until it is gone. */
    static void awaitEnd(String argument) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (withArgument(argument).isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("still running: " + argument);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
