package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Birth;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes one process that waits for a run serve for it and not for another: all that Node.js looks at before its
 * program, and what it could not lay down any more. Its arguments are told to it with its run. Pure.
 *
 * @param command up to its program
 * @param environment but for what is told with the run
 * @param limits which it has from its start
 */
record AwaitedKind(List<String> command, Map<String, String> environment, RunLimits limits) {
    static final String LIBRARY = "/await/node.so";
    static final String SCRIPT = "/await/wait.cjs";

    /** How {@code wait.cjs} tells the process from the threads of its program. */
    private static final String AWAITS = "SANDRUN_AWAITS";

    private static final String OPTIONS = "NODE_OPTIONS";

    /** What Node.js, the loader and the library for TLS look at before the program. */
    private static final List<String> OF_THE_START = List.of("NODE_", "LD_", "OPENSSL_");

    /** The kind of process that can wait for the run, or null when none can. */
    static @Nullable AwaitedKind of(RunRequest request) {
        Preload preload = request.preload();
        if (preload == null
                || preload.birth() != Birth.AWAITED
                || request.door() != null
                || preload.programAt() != 1
                || request.command().size() < 2
                || request.command().get(1).startsWith("-")
                || request.environment().keySet().stream().anyMatch(AwaitedKind::actsOnTheStart)) {
            return null;
        }
        Map<String, String> environment = new LinkedHashMap<>(request.environment());
        environment.keySet().removeIf(OneJob::owns);
        return new AwaitedKind(request.command().subList(0, 2), Map.copyOf(environment), request.limits());
    }

    /** Some name files, which are the job's own and not there yet. */
    private static boolean actsOnTheStart(String variable) {
        return variable.equals(AWAITS) || OF_THE_START.stream().anyMatch(variable::startsWith);
    }

    AwaitedKind {
        command = List.copyOf(command);
    }

    /** With which it is started. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>(environment);
        variables.put(OPTIONS, "--require=" + SCRIPT);
        variables.put(AWAITS, "1");
        return variables;
    }
}
