package io.sandrun.runtime.cgroup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A version 2 hierarchy in memory with the rules that make it hard: controllers come from above, no processes in a
 * group that hands controllers down, no removal of what is in use, no writing for those who may not.
 */
final class FakeKernel implements ControlFiles {
    private static final Map<String, Map<String, String>> FILES_BY_CONTROLLER = Map.of(
            "memory",
            Map.of(
                    "memory.max", "max",
                    "memory.swap.max", "max",
                    "memory.stat", "anon 0\nfile 9\nshmem 0\n",
                    "memory.events", "oom 0\noom_kill 0\n"),
            "pids",
            Map.of("pids.max", "max", "pids.current", "0", "pids.events", "max 0\n"),
            "cpu",
            Map.of("cpu.max", "max 100000"));

    private final Path root;
    private final Set<String> rootControllers;
    private final Map<Path, Group> groups = new TreeMap<>();
    private final Set<Path> readOnly = new HashSet<>();
    private final Set<String> deafFiles = new HashSet<>();
    private int removalsTried;

    private static final class Group {
        final Map<String, String> files = new HashMap<>(Map.of("cpu.stat", "usage_usec 0\nuser_usec 0\n"));
        final Set<String> handed = new TreeSet<>();
        final Set<String> processes = new TreeSet<>();
    }

    FakeKernel(Path root, String... controllers) {
        this.root = root;
        this.rootControllers = new TreeSet<>(List.of(controllers));
        groups.put(root, new Group());
    }

    /** What systemd does before it starts the agent: a group with its controllers, and a process in it. */
    Path delegate(String name, String... pids) throws IOException {
        for (String controller : rootControllers) {
            write(root.resolve("cgroup.subtree_control"), "+" + controller);
        }
        Path group = root.resolve(name);
        makeDirectory(group);
        for (String pid : pids) {
            write(group.resolve("cgroup.procs"), pid);
        }
        return group;
    }

    void forbidWriting(Path group) {
        readOnly.add(group);
    }

    /** A file that accepts every value and keeps its own. */
    void makeDeaf(String fileName) {
        deafFiles.add(fileName);
    }

    void set(Path file, String text) {
        group(file).files.put(name(file), text);
    }

    void endProcess(String pid) {
        groups.values().forEach(group -> group.processes.remove(pid));
    }

    int removalsTried() {
        return removalsTried;
    }

    Set<Path> groups() {
        return Set.copyOf(groups.keySet());
    }

    @Override
    public boolean exists(Path file) {
        Group group = groups.get(parent(file));
        return groups.containsKey(file)
                || (group != null && group.files.containsKey(name(file)))
                || (group != null
                        && name(file).equals("cgroup.type")
                        && !parent(file).equals(root));
    }

    @Override
    public String read(Path file) throws IOException {
        requireGroup(file);
        Group group = group(file);
        return switch (name(file)) {
            case "cgroup.procs" -> String.join("\n", group.processes);
            case "cgroup.controllers" -> String.join(" ", controllersOf(parent(file)));
            case "cgroup.subtree_control" -> String.join(" ", group.handed);
            default -> {
                String text = group.files.get(name(file));
                if (text == null) {
                    throw new NoSuchFileException(file.toString());
                }
                yield text;
            }
        };
    }

    @Override
    public void write(Path file, String text) throws IOException {
        requireWritable(parent(file));
        requireGroup(file);
        switch (name(file)) {
            case "cgroup.procs" -> admit(parent(file), text);
            case "cgroup.subtree_control" -> hand(parent(file), text.charAt(0), text.substring(1));
            default -> {
                if (!group(file).files.containsKey(name(file))) {
                    throw new NoSuchFileException(file.toString());
                }
                if (!deafFiles.contains(name(file))) {
                    group(file).files.put(name(file), text);
                }
            }
        }
    }

    private void admit(Path path, String pid) throws IOException {
        Group group = requireGroup(path.resolve("cgroup.procs"));
        if (!path.equals(root) && !group.handed.isEmpty()) {
            throw new IOException("Device or resource busy");
        }
        endProcess(pid);
        group.processes.add(pid);
    }

    private void hand(Path path, char sign, String controller) throws IOException {
        Group group = requireGroup(path.resolve("cgroup.subtree_control"));
        if (!controllersOf(path).contains(controller)) {
            throw new NoSuchFileException(controller);
        }
        boolean occupied = !path.equals(root) && !group.processes.isEmpty();
        boolean handedOn =
                directories(path).stream().anyMatch(child -> handedBy(child).contains(controller));
        if (sign == '+' ? occupied : handedOn) {
            throw new IOException("Device or resource busy");
        }
        for (Path child : directories(path)) {
            Map<String, String> files = requireGroup(child.resolve("any")).files;
            if (sign == '+') {
                filesOf(controller).forEach(files::putIfAbsent);
            } else {
                files.keySet().removeAll(filesOf(controller).keySet());
            }
        }
        if (sign == '+') {
            group.handed.add(controller);
        } else {
            group.handed.remove(controller);
        }
    }

    @Override
    public void makeDirectory(Path directory) throws IOException {
        requireWritable(parent(directory));
        requireGroup(directory);
        if (groups.containsKey(directory)) {
            return;
        }
        Group group = new Group();
        handedBy(parent(directory)).forEach(name -> group.files.putAll(filesOf(name)));
        groups.put(directory, group);
    }

    @Override
    public void removeDirectory(Path directory) throws IOException {
        Group group = groups.get(directory);
        if (group == null) {
            throw new NoSuchFileException(directory.toString());
        }
        removalsTried++;
        requireWritable(parent(directory));
        if (!group.processes.isEmpty() || !directories(directory).isEmpty()) {
            throw new IOException("Device or resource busy");
        }
        groups.remove(directory);
    }

    @Override
    public List<Path> directories(Path parent) {
        return groups.keySet().stream()
                .filter(path -> parent.equals(path.getParent()))
                .toList();
    }

    private Set<String> controllersOf(Path path) {
        return path.equals(root) ? rootControllers : handedBy(parent(path));
    }

    private Set<String> handedBy(Path path) {
        Group group = groups.get(path);
        return group == null ? Set.of() : group.handed;
    }

    private void requireWritable(Path group) throws IOException {
        if (readOnly.contains(group)) {
            throw new AccessDeniedException(group.toString());
        }
    }

    private Group requireGroup(Path file) throws IOException {
        Group group = groups.get(parent(file));
        if (group == null) {
            throw new NoSuchFileException(file.toString());
        }
        return group;
    }

    private Group group(Path file) {
        Group group = groups.get(parent(file));
        if (group == null) {
            throw new IllegalArgumentException("no group " + parent(file));
        }
        return group;
    }

    private static Map<String, String> filesOf(String controller) {
        return Objects.requireNonNull(FILES_BY_CONTROLLER.get(controller));
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.getParent());
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
