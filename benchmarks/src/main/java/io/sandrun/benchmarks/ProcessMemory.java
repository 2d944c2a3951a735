package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of processes and of the machine, as the kernel counts it. */
final class ProcessMemory {
    private static final Pattern PROPORTIONAL = Pattern.compile("^Pss:\\s+(\\d+) kB", Pattern.MULTILINE);
    private static final Pattern AVAILABLE = Pattern.compile("^MemAvailable:\\s+(\\d+) kB", Pattern.MULTILINE);
    private static final int BYTES_PER_KB = 1024;

    private ProcessMemory() {}

    /** What this process has started, and what those have. */
    static List<ProcessHandle> descendants() {
        return ProcessHandle.current().descendants().toList();
    }

    /**
     * Of all these processes together, bytes: what is shared by two counts half for each. Those that are gone meanwhile
     * have none.
     */
    static long proportionalBytes(List<ProcessHandle> processes) throws IOException {
        long bytes = 0;
        for (ProcessHandle process : processes) {
            bytes += read(process, "smaps_rollup")
                    .map(text -> kilobytes(PROPORTIONAL, text))
                    .orElse(0L);
        }
        return bytes;
    }

    /** Those whose command line says this. */
    static Predicate<ProcessHandle> whoseCommandHas(String word) {
        return process -> {
            try {
                return read(process, "cmdline")
                        .filter(command -> command.contains(word))
                        .isPresent();
            } catch (IOException unreadable) {
                return false;
            }
        };
    }

    /** What the machine could still give, bytes: tells of the kernel's own memory too. */
    static long availableBytes() throws IOException {
        return kilobytes(AVAILABLE, Files.readString(Path.of("/proc/meminfo")));
    }

    /** What the machine uses for this now, bytes: a name of {@code /proc/meminfo}. */
    static long usedBytes(String name) throws IOException {
        Pattern line = Pattern.compile("^" + Pattern.quote(name) + ":\\s+(\\d+) kB", Pattern.MULTILINE);
        return kilobytes(line, Files.readString(Path.of("/proc/meminfo")));
    }

    private static Optional<String> read(ProcessHandle process, String file) throws IOException {
        try {
            return Optional.of(
                    new String(Files.readAllBytes(Path.of("/proc/" + process.pid(), file)), StandardCharsets.UTF_8));
        } catch (IOException gone) {
            if (process.isAlive()) {
                throw gone;
            }
            return Optional.empty();
        }
    }

    private static long kilobytes(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) * BYTES_PER_KB : 0;
    }
}
