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
 * @param environment the variables that count before the program's first line: a zygote has no others
 * @param template what its sandbox shows
 * @param modules that it has imported
 */
record ZygoteKind(
        List<String> interpreter, Map<String, String> environment, Layout.Wanted template, List<String> modules) {
    private static final String PRELOADED = "LD_PRELOAD";

    /** While it forks, one process more is there than the job's; it counts as the job's, which has not begun. */
    private static final int FEWEST_PROCESSES = 2;

    /** What CPython and the C library look at. */
    private static final List<String> OF_THE_START =
            List.of("PYTHON", "LC_", "LANG", "LANGUAGE", "TZ", "MALLOC_", "GLIBC_", "PATH", "HOME", "TMPDIR");

    /**
     * What numeric libraries look at when they are loaded: runtimes of OpenMP by walking through all variables, which
     * nobody sees, and the others because a node tells each job its number of cores. What else imports look at, a
     * zygote tells; what a process looks at that an import starts, nobody does.
     */
    private static final List<String> OF_LIBRARIES =
            List.of("OMP_", "GOMP_", "KMP_", "ACC_", "OPENBLAS_", "MKL_", "NUMEXPR_");

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

    /**
     * The kind of zygote that the run can be forked from, or null when it must be executed.
     *
     * @param looks what is known of imports
     */
    static @Nullable ZygoteKind of(RunRequest request, Looks looks) {
        Preload preload = request.preload();
        boolean fits = preload != null
                && preload.birth() == Birth.FORKED
                && request.door() == null
                && request.readOnlyPaths().stream().noneMatch(Layout::isOnDisk) // a template's disk is not its jobs'
                && request.limits().processes() >= FEWEST_PROCESSES
                && preload.programAt() < request.command().size()
                && FLAGS.containsAll(request.command().subList(1, preload.programAt()))
                && request.environment().entrySet().stream().allMatch(one -> holdsInZygote(one, request));
        if (preload == null || !fits) {
            return null;
        }
        List<String> interpreter = List.copyOf(request.command().subList(0, preload.programAt()));
        Layout.Wanted template = Layout.Wanted.ofTemplate(request);
        ZygoteKind bare = new ZygoteKind(interpreter, Map.of(), template, preload.modules());
        return new ZygoteKind(
                interpreter, bare.beforeTheProgram(request.environment(), looks.at(bare)), template, preload.modules());
    }

    ZygoteKind withoutVariables() {
        return new ZygoteKind(interpreter, Map.of(), template, modules);
    }

    private Map<String, String> beforeTheProgram(Map<String, String> environment, Set<String> lookedAt) {
        Map<String, String> some = new LinkedHashMap<>(environment);
        some.keySet().removeIf(name -> !isOfTheStart(name) && !isLookedAt(name, lookedAt));
        return Map.copyOf(some);
    }

    private boolean isOfTheStart(String variable) {
        return OF_THE_START.stream().anyMatch(variable::startsWith)
                || (!modules.isEmpty() && OF_LIBRARIES.stream().anyMatch(variable::startsWith));
    }

    private static boolean isLookedAt(String variable, Set<String> lookedAt) {
        return (lookedAt.contains(variable) || lookedAt.contains(Looks.EVERYTHING)) && !OneJob.owns(variable);
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

    List<String> command() {
        List<String> command = new ArrayList<>(interpreter);
        command.add(ZygoteFiles.SCRIPT);
        command.add(Integer.toString(interpreter.size()));
        command.addAll(modules);
        return command;
    }

    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(environment);
        variables.put(PRELOADED, ZygoteFiles.LIBRARY);
        return variables;
    }
}
