package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes one zygote serve for a run and another not: all that an interpreter looks at between its start and the
 * first line of its program. Pure.
 *
 * @param interpreter the command up to its program
 * @param environment the variables that count before the program's first line
 * @param template what its sandbox shows
 * @param modules that it has imported
 */
record ZygoteKind(
        List<String> interpreter, Map<String, String> environment, Layout.Wanted template, List<String> modules) {
    /** {@code ZYGOTE_SCRIPT} of protocol.h. */
    static final String SCRIPT = "/zygote/hatch.py";

    static final String LIBRARY = "/zygote/zygote.so";

    private static final String PRELOADED = "LD_PRELOAD";

    /** While it forks, two processes more are there than the job's; they count as the job's, which has not begun. */
    private static final int FEWEST_PROCESSES = 3;

    /** What CPython and the C library look at; whoever imports packages may look at anything. */
    private static final List<String> OF_THE_START =
            List.of("PYTHON", "LC_", "LANG", "LANGUAGE", "TZ", "MALLOC_", "GLIBC_", "PATH", "HOME", "TMPDIR");

    /** Of CPython: those that change what a program sees, and nothing before it or after it. */
    private static final Set<String> FLAGS = Set.of("-B", "-E", "-I", "-O", "-OO", "-P", "-S", "-s", "-u");

    private static final Set<String> SETTINGS = Set.of(
            "PYTHONDONTWRITEBYTECODE",
            "PYTHONHASHSEED",
            "PYTHONIOENCODING",
            "PYTHONNOUSERSITE",
            "PYTHONOPTIMIZE",
            "PYTHONSAFEPATH",
            "PYTHONUNBUFFERED",
            "PYTHONUTF8");

    /** The kind of zygote that the run can be forked from, or null when it must be executed. */
    static @Nullable ZygoteKind of(RunRequest request) {
        Preload preload = request.preload();
        boolean fits = preload != null
                && preload.birth() == Birth.FORKED
                && request.door() == null
                && request.limits().processes() >= FEWEST_PROCESSES
                && preload.programAt() < request.command().size()
                && FLAGS.containsAll(request.command().subList(1, preload.programAt()))
                && request.environment().entrySet().stream().allMatch(one -> holdsInZygote(one, request));
        if (preload == null || !fits) {
            return null;
        }
        return new ZygoteKind(
                List.copyOf(request.command().subList(0, preload.programAt())),
                beforeTheProgram(request.environment(), !preload.modules().isEmpty()),
                Layout.Wanted.ofTemplate(request),
                preload.modules());
    }

    /** Not what has an effect on the way to the program, or leads to the job's own files, which are not there yet. */
    private static boolean holdsInZygote(Map.Entry<String, String> variable, RunRequest request) {
        String name = variable.getKey();
        if (name.equals("PYTHONPATH")) {
            return Arrays.stream(variable.getValue().split(":", -1)).allMatch(path -> isShown(path, request));
        }
        return !name.startsWith("LD_") && (!name.startsWith("PYTHON") || SETTINGS.contains(name));
    }

    private static boolean isShown(String path, RunRequest request) {
        boolean isBelow = path.startsWith("/usr/")
                || request.shownTrees().stream()
                        .anyMatch(tree -> path.equals(tree.inside()) || path.startsWith(tree.inside() + "/"));
        return isBelow && !path.contains("..");
    }

    private static Map<String, String> beforeTheProgram(Map<String, String> environment, boolean imports) {
        Map<String, String> some = new LinkedHashMap<>(environment);
        some.keySet()
                .removeIf(name ->
                        imports ? OneJob.owns(name) : OF_THE_START.stream().noneMatch(name::startsWith));
        return Map.copyOf(some);
    }

    List<String> command() {
        List<String> command = new ArrayList<>(interpreter);
        command.add(SCRIPT);
        command.add(Integer.toString(interpreter.size()));
        command.addAll(modules);
        return command;
    }

    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(environment);
        variables.put(PRELOADED, LIBRARY);
        return variables;
    }
}
