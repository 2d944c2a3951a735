package io.sandrun.benchmarks.hostile;

import io.sandrun.runtime.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * What of an agent and its jobs can be seen on the machine from outside, by name; two looks that differ differ in what
 * a job has left behind. A difference is looked at again for a bounded time: the kernel takes mounts and groups apart
 * after it has told of a process's end.
 */
record Traces(Map<String, List<String>> seen) {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int SAME_LOOKS = 25;

    /** What the kernel keeps on its lists per processor before it takes it off a group's account. */
    private static final long SHARED_MEMORY_SLACK_BYTES = 1L << 20;

    /** Directories of the host in which a job that got out would leave its mark. */
    private static final List<String> PLACES = List.of("/", "/work", "/tmp", "/var/tmp", "/dev/shm");

    /** Where to look. */
    record Scene(Isolation isolation, Path state, String mark) {
        Traces look() throws IOException {
            Map<String, List<String>> seen = new TreeMap<>();
            long[] children = ProcessHandle.current()
                    .descendants()
                    .mapToLong(ProcessHandle::pid)
                    .sorted()
                    .toArray();
            seen.put("processes of the agent", List.of(String.valueOf(children.length)));
            seen.put("descriptors of the agent", List.of(String.valueOf(entries(Path.of("/proc/self/fd")))));
            List<String> ofResidents = new ArrayList<>();
            for (long child : children) {
                ofResidents.add(String.valueOf(entries(Path.of("/proc/" + child + "/fd"))));
            }
            seen.put("descriptors of its processes", ofResidents);
            seen.put("mounts", Files.readAllLines(Path.of("/proc/self/mountinfo")));
            seen.put("files of the agent", names(state));
            seen.put("files that carry the mark", marked());
            for (Isolation.Layer layer : isolation.layers()) {
                if (layer.active() && layer.name().startsWith("cgroup:")) {
                    Path group = Path.of(layer.detail().substring(layer.detail().indexOf('/')));
                    seen.put("groups of " + layer.name(), groups(group));
                }
            }
            return new Traces(seen);
        }

        /** The first of several looks in a row that are all the same. */
        Traces lookWhenQuiet() throws IOException {
            Traces first = look();
            for (int same = 1; same < SAME_LOOKS; same++) {
                LockSupport.parkNanos(PAUSE_NANOS);
                Traces next = look();
                if (!next.equals(first)) {
                    first = next;
                    same = 0;
                }
            }
            return first;
        }

        /** Waits until everything looks as before; what still differs after a while is told. */
        List<String> differencesFrom(Traces before) throws IOException {
            long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
            List<String> differences = look().differencesFrom(before);
            while (!differences.isEmpty() && System.nanoTime() < deadlineNanos) {
                LockSupport.parkNanos(PAUSE_NANOS);
                differences = look().differencesFrom(before);
            }
            return differences;
        }

        private List<String> marked() {
            return PLACES.stream()
                    .map(place -> Path.of(place, mark))
                    .filter(Files::exists)
                    .map(Path::toString)
                    .toList();
        }
    }

    private List<String> differencesFrom(Traces before) {
        List<String> differences = new ArrayList<>();
        seen.forEach((what, now) -> {
            List<String> then = before.seen.getOrDefault(what, List.of());
            if (!now.equals(then)) {
                differences.add(what + ": " + now + " instead of " + then);
            }
        });
        return differences;
    }

    private static int entries(Path directory) {
        return Objects.requireNonNullElse(directory.toFile().list(), new String[0]).length;
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(Path::toString).sorted().toList();
        }
    }

    /** The agent's group and those below it, each with the number of its processes and whether it holds files. */
    private static List<String> groups(Path agent) throws IOException {
        List<String> groups = new ArrayList<>();
        try (Stream<Path> directories = Files.find(agent, 3, (path, kind) -> kind.isDirectory())) {
            for (Path group : directories.sorted().toList()) {
                int processes =
                        Files.readAllLines(group.resolve("cgroup.procs")).size();
                groups.add(group + " with " + processes + " processes" + (holdsFiles(group) ? " and files" : ""));
            }
        } catch (NoSuchFileException gone) {
            return List.of();
        }
        return groups;
    }

    /** Whether a tmpfs is charged to the group. */
    private static boolean holdsFiles(Path group) throws IOException {
        Path stat = group.resolve("memory.stat");
        return Files.exists(stat)
                && Files.readAllLines(stat).stream()
                        .filter(line -> line.startsWith("shmem "))
                        .anyMatch(
                                line -> Long.parseLong(line.substring("shmem ".length())) > SHARED_MEMORY_SLACK_BYTES);
    }
}
