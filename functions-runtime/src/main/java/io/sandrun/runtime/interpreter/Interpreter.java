package io.sandrun.runtime.interpreter;

import io.sandrun.runtime.Preload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs source code.
 *
 * @param name what a job asks for, for example {@code python3}
 * @param version plain numbers, for example {@code 3.11.7}; {@code 0} if the program does not tell (a POSIX {@code sh})
 * @param executable the real program, not a shim
 * @param readOnlyPaths directories and files outside the system directories that it needs, none inside another
 * @param sourceFileName what the job's code is called in its working directory
 * @param flags come before the source file
 * @param settings environment variables of this interpreter alone
 */
public record Interpreter(
        String name,
        String version,
        Path executable,
        List<Path> readOnlyPaths,
        String sourceFileName,
        List<String> flags,
        Map<String, String> settings) {
    private static final List<String> SYSTEM_PATH = List.of("/usr/local/bin", "/usr/bin", "/bin");

    public Interpreter {
        readOnlyPaths = List.copyOf(readOnlyPaths);
        flags = List.copyOf(flags);
        settings = Map.copyOf(settings);
    }

    /** The same, with further variables; where one has a name that it has already, the new one counts. */
    public Interpreter with(Map<String, String> further) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(further);
        return new Interpreter(name, version, executable, readOnlyPaths, sourceFileName, flags, all);
    }

    /** The argument vector that runs the source file of the current directory. */
    public List<String> command(List<String> args) {
        return command(sourceFileName, args);
    }

    /**
     * The argument vector that runs a program of several files.
     *
     * @param entrypoint relative to the current directory, as in {@code src/main.py}
     */
    public List<String> command(String entrypoint, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(executable.toString());
        command.addAll(flags);
        // A dash would make it an option, an at sign a file of options for Java.
        boolean isPlain = !entrypoint.startsWith("-") && !entrypoint.startsWith("@");
        command.add(isPlain ? entrypoint : "./" + entrypoint);
        command.addAll(args);
        return command;
    }

    /** Which argument of these vectors is the program's file. */
    private int programAt() {
        return 1 + flags.size();
    }

    /**
     * How a job's process can be there before the job; null when it cannot.
     *
     * @param modules that a forked one has imported
     */
    public @Nullable Preload preload(List<String> modules) {
        return switch (name) {
            case "python3" -> Preload.forked(programAt(), modules);
            case "node" -> Preload.awaited(programAt());
            default -> null;
        };
    }

    /** The whole environment of a job before its own variables: nothing of the agent's. */
    public Map<String, String> environment() {
        Set<String> path = new LinkedHashSet<>();
        path.add(Objects.requireNonNull(executable.getParent()).toString());
        path.addAll(SYSTEM_PATH);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", String.join(":", path));
        environment.put("HOME", "/work");
        environment.put("TMPDIR", "/tmp");
        environment.put("LANG", "C.UTF-8");
        environment.put("USER", "sandrun");
        environment.putAll(settings);
        return environment;
    }
}
