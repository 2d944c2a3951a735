package io.sandrun.runtime.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What the host sees of processes, by a word of their command line that nobody else has. */
final class HostSight {
    private static final Path PROCESSES = Path.of("/proc");
    private static final int LOOKS = 8;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private HostSight() {}

    /**
     * The process ids of those that have the argument. None means that several looks saw none: one that is replaced by
     * its child at any moment slips through a single one.
     */
    static List<Long> withArgument(String word) throws IOException {
        List<Long> found = look(word);
        for (int looks = 1; looks < LOOKS && found.isEmpty(); looks++) {
            found = look(word);
        }
        return found;
    }

    private static List<Long> look(String word) throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                if (text(process.resolve("cmdline")).contains("\0" + word + "\0")) {
                    found.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        }
        return found;
    }

    /**
     * Waits until a process with the argument calls itself so (prctl PR_SET_NAME). The kernel tells nobody, so this
     * looks again and again.
     *
     * @throws IOException if it does not in time
     */
    static void awaitName(String word, String name, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < deadline) {
            for (long pid : withArgument(word)) {
                if (text(PROCESSES.resolve(pid + "/comm")).strip().equals(name)) {
                    return;
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IOException("The job beside the attacks was not ready after " + patience.toSeconds() + " s.");
    }

    /** Empty for a process that has gone meanwhile. */
    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
