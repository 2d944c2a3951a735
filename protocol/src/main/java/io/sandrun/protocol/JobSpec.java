package io.sandrun.protocol;

import java.util.List;
import java.util.Map;

/**
 * What to run, checked and complete: every default is filled in.
 *
 * @param code the program's text; empty where it is among the files
 * @param interpreter one of {@link Interpreters#NAMES}
 * @param args the program's arguments
 * @param env variables beside those that every job has
 * @param stdin text on standard input
 * @param limits the bounds within which it runs
 * @param needs what a node must offer beside the interpreter and the memory
 * @param files what it starts with and what is kept of it
 */
public record JobSpec(
        String code,
        String interpreter,
        List<String> args,
        Map<String, String> env,
        String stdin,
        JobLimits limits,
        JobNeeds needs,
        JobFiles files) {
    public JobSpec {
        args = List.copyOf(args);
        env = Map.copyOf(env);
    }
}
