package io.sandrun.runtime.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether this machine is short of memory: little is left, or processes wait for it. A kernel that does not tell
 * is taken to have enough. Thread-safe.
 */
public final class MemoryGauge implements BooleanSupplier {
    /** Of all memory; below it the kernel soon begins to take back what it has lent to caches in use. */
    private static final double LEAST_SHARE = 0.1;

    /** Percent of the last ten seconds in which some process waited for memory. */
    private static final double MOST_WAITING = 20;

    private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB$");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
    private static final Pattern WAITING = Pattern.compile("(?m)^some avg10=([0-9.]+) ");

    private final Path proc;

    public MemoryGauge() {
        this(Path.of("/proc"));
    }

    MemoryGauge(Path proc) {
        this.proc = proc;
    }

    @Override
    public boolean getAsBoolean() {
        String memory = text("meminfo");
        double total = number(TOTAL, memory, 1);
        return number(AVAILABLE, memory, total) < total * LEAST_SHARE
                || number(WAITING, text("pressure/memory"), 0) >= MOST_WAITING;
    }

    private static double number(Pattern pattern, String text, double otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : otherwise;
    }

    private String text(String file) {
        try {
            return Files.readString(proc.resolve(file));
        } catch (IOException e) {
            return "";
        }
    }
}
