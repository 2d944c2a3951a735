package io.sandrun.node.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How many cores other programs keep busy, on average of the last minute.
 *
 * <p>Theory of operation: the kernel counts the CPU time of all, and of each process with that of its children which
 * have ended. The node's own is that of its process and of all below it, jobs included, so that what is left is the
 * others'. The load average of the kernel would not do: it has the jobs in it, and a node would close itself by
 * working. A process that ends while it is counted may be missed or met twice; that is never more than one look's time,
 * which bounds what it can spoil. For one thread.
 */
final class OthersLoad {
    /** Of Linux. */
    static final Path PROC = Path.of("/proc");

    /** As long as the first of the kernel's averages. */
    private static final Duration WINDOW = Duration.ofSeconds(60);

    /** Looks that come closer together are one: the kernel counts in hundredths of a second. */
    private static final Duration CLOSEST = Duration.ofSeconds(1);

    /** Of the kernel's counters, per second: the same on all of Linux that we know. */
    private static final double TICKS = 100;

    /** Places in {@code /proc/stat}'s line of all cores that are no work: idle, waiting for disks, and stolen. */
    private static final List<Integer> IDLE_PLACES = List.of(4, 5, 8);

    /** In {@code /proc/stat}: what follows is counted in user time already. */
    private static final int GUEST_PLACE = 9;

    /** In a process's {@code stat}, behind the name: the parent, and the first of four times. */
    private static final int PARENT_PLACE = 1;

    private static final int TIMES_PLACE = 11;
    private static final int TIMES = 4;

    private final Path proc;
    private final long root;
    private final Deque<Stretch> stretches = new ArrayDeque<>();
    private Reading last = new Reading(0, 0, 0);
    private boolean hasLast;

    /** @param root whose time, with that of all processes below it, is not counted */
    OthersLoad(Path proc, long root) {
        this.proc = proc;
        this.root = root;
    }

    private record Reading(long nanos, double busySeconds, double ownSeconds) {}

    /** Between two looks. */
    private record Stretch(double seconds, double othersSeconds) {}

    /**
     * Looks again; empty at the first look, and where this machine does not show what runs on it.
     *
     * @param nowNanos by a clock that only goes forward
     */
    OptionalDouble look(long nowNanos) {
        if (hasLast && nowNanos - last.nanos < CLOSEST.toNanos()) {
            return average();
        }
        Reading now;
        try {
            now = new Reading(nowNanos, busySeconds(), ownSeconds());
        } catch (IOException
                | UncheckedIOException
                | DirectoryIteratorException
                | IndexOutOfBoundsException
                | NumberFormatException untold) {
            hasLast = false;
            stretches.clear();
            return OptionalDouble.empty();
        }
        if (hasLast) {
            double busy = Math.max(0, now.busySeconds - last.busySeconds);
            double own = Math.min(busy, Math.max(0, now.ownSeconds - last.ownSeconds));
            stretches.add(new Stretch((now.nanos - last.nanos) / 1e9, busy - own));
        }
        last = now;
        hasLast = true;
        forgetOld();
        return average();
    }

    private OptionalDouble average() {
        double seconds = stretches.stream().mapToDouble(Stretch::seconds).sum();
        return seconds == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        stretches.stream().mapToDouble(Stretch::othersSeconds).sum() / seconds);
    }

    private void forgetOld() {
        double seconds = stretches.stream().mapToDouble(Stretch::seconds).sum();
        while (stretches.size() > 1 && seconds - stretches.getFirst().seconds >= WINDOW.toSeconds()) {
            seconds -= stretches.removeFirst().seconds;
        }
    }

    private double busySeconds() throws IOException {
        String[] line = Files.readAllLines(proc.resolve("stat")).get(0).trim().split(" +", -1);
        double ticks = 0;
        for (int place = 1; place < Math.min(line.length, GUEST_PLACE); place++) {
            ticks += IDLE_PLACES.contains(place) ? 0 : Long.parseLong(line[place]);
        }
        return ticks / TICKS;
    }

    private double ownSeconds() throws IOException {
        // Where processes are hidden, some of ours are, too.
        Files.readString(proc.resolve("1").resolve("stat"));
        Map<Long, List<Long>> children = new HashMap<>();
        Map<Long, Long> ticks = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                count(process, children, ticks);
            }
        }
        double own = 0;
        Deque<Long> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            long pid = open.pop();
            own += ticks.getOrDefault(pid, 0L);
            open.addAll(children.getOrDefault(pid, List.of()));
        }
        return own / TICKS;
    }

    private static void count(Path process, Map<Long, List<Long>> children, Map<Long, Long> ticks) {
        String stat;
        try {
            stat = Files.readString(process.resolve("stat"));
        } catch (IOException gone) {
            return;
        }
        // The name, in parentheses, may have any character in it, parentheses too.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long pid = Long.parseLong(process.getFileName().toString());
        long time = 0;
        for (int place = TIMES_PLACE; place < TIMES_PLACE + TIMES; place++) {
            time += Long.parseLong(fields[place]);
        }
        ticks.put(pid, time);
        children.computeIfAbsent(Long.parseLong(fields[PARENT_PLACE]), parent -> new ArrayList<>())
                .add(pid);
    }
}
