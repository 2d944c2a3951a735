package io.sandrun.runtime;

import java.util.List;

/**
 * Says that a command starts CPython, and so may be forked from an interpreter that is there already. A slot keeps such
 * an interpreter for whatever it is asked to run again and again; the first runs of a kind start cold.
 *
 * @param programAt which argument of the command is the program's file: before it are the interpreter and its flags
 * @param modules which the interpreter has imported when a job is forked from it; their code runs in a sandbox of its
 *     own with more rights over the jobs than these have over each other, so they must be trusted by all of these jobs
 */
public record Preload(int programAt, List<String> modules) {
    public Preload {
        modules = List.copyOf(modules);
        if (programAt < 1) {
            throw new IllegalArgumentException("a program comes after its interpreter");
        }
    }
}
