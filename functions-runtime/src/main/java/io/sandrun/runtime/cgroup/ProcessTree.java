package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Measures a sandbox without control groups: its pid 1 and everything below. Orphans of a pid namespace become children
 * of its pid 1, so the parent links lead to all of them, and reading those needs no right over the processes.
 *
 * <p>Time of a process that was not waited for is lost with it; memory shared after a fork is first counted in each
 * process, and exactly only when that sum is above a limit.
 */
final class ProcessTree {
    /** USER_HZ: fixed at 100 in what the kernel shows on x86-64 and arm64. */
    private static final long NANOS_PER_TICK = TimeUnit.SECONDS.toNanos(1) / 100;

    private static final long BYTES_PER_KIB = 1024;
    private static final Pattern CHEAP = Pattern.compile("(?m)^Rss(?:Anon|Shmem):\\s+(\\d+) kB$");
    private static final Pattern EXACT = Pattern.compile("(?m)^Pss_(?:Anon|Shmem):\\s+(\\d+) kB$");

    private final Path proc;
    private final long initPid;
    private final long initStartTicks;

    /** What the tree uses now; CPU time since its first process began. */
    record Use(long memoryBytes, long cpuNanos, int tasks) {}

    private ProcessTree(Path proc, long initPid, long initStartTicks) {
        this.proc = proc;
        this.initPid = initPid;
        this.initStartTicks = initStartTicks;
    }

    /** The tree below a process, if that is there. */
    static Optional<ProcessTree> below(Path proc, long initPid) {
        return ProcessStat.of(proc, initPid).map(stat -> new ProcessTree(proc, initPid, stat.startTicks()));
    }

    Use measure(long exactAboveBytes) {
        List<ProcessStat> members = members();
        long memoryBytes = memoryBytes(members, false);
        if (memoryBytes > exactAboveBytes) {
            memoryBytes = memoryBytes(members, true);
        }
        long ticks = members.stream().mapToLong(ProcessStat::cpuTicks).sum();
        int tasks = members.stream().mapToInt(ProcessStat::threads).sum();
        return new Use(memoryBytes, ticks * NANOS_PER_TICK, tasks);
    }

    private List<ProcessStat> members() {
        ProcessStat init = ProcessStat.of(proc, initPid)
                .filter(stat -> stat.startTicks() == initStartTicks)
                .orElse(null);
        if (init == null) {
            return List.of();
        }
        // Only kernels with CONFIG_PROC_CHILDREN have it; it saves looking at every process of the host.
        boolean childrenAreTold = Files.exists(childrenFile(initPid, Long.toString(initPid)));
        Map<Long, List<ProcessStat>> childrenByParent = childrenAreTold ? Map.of() : childrenByParent();
        List<ProcessStat> members = new ArrayList<>();
        Deque<ProcessStat> unvisited = new ArrayDeque<>(List.of(init));
        while (!unvisited.isEmpty()) {
            ProcessStat member = unvisited.remove();
            members.add(member);
            unvisited.addAll(
                    childrenAreTold
                            ? toldChildren(member.pid())
                            : childrenByParent.getOrDefault(member.pid(), List.of()));
        }
        return members;
    }

    private Map<Long, List<ProcessStat>> childrenByParent() {
        Map<Long, List<ProcessStat>> children = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                ProcessStat.of(proc, Long.parseLong(process.getFileName().toString()))
                        .ifPresent(stat -> children.computeIfAbsent(stat.parentPid(), pid -> new ArrayList<>())
                                .add(stat));
            }
        } catch (IOException | DirectoryIteratorException e) {
            return children;
        }
        return children;
    }

    private List<ProcessStat> toldChildren(long pid) {
        List<ProcessStat> children = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(proc.resolve(pid + "/task"))) {
            for (Path thread : threads) {
                String told =
                        Files.readString(childrenFile(pid, thread.getFileName().toString()));
                for (String child : told.strip().split(" ", -1)) {
                    if (!child.isEmpty()) {
                        ProcessStat.of(proc, Long.parseLong(child)).ifPresent(children::add);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return children;
        }
        return children;
    }

    private Path childrenFile(long pid, String thread) {
        return proc.resolve(pid + "/task/" + thread + "/children");
    }

    /** What /proc does not let us see exactly is taken from the page that everybody may read. */
    private long memoryBytes(List<ProcessStat> members, boolean exact) {
        long kibibytes = 0;
        for (ProcessStat member : members) {
            Path process = proc.resolve(Long.toString(member.pid()));
            OptionalLong shares = exact ? kibibytes(process.resolve("smaps_rollup"), EXACT) : OptionalLong.empty();
            kibibytes += shares.orElseGet(
                    () -> kibibytes(process.resolve("status"), CHEAP).orElse(0));
        }
        return kibibytes * BYTES_PER_KIB;
    }

    private static OptionalLong kibibytes(Path file, Pattern lines) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return OptionalLong.of(lines.matcher(text)
                    .results()
                    .mapToLong(line -> Long.parseLong(line.group(1)))
                    .sum());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
