package io.sandrun.runtime;

import java.util.List;

/**
 * Says that the process of a command may be there before the run is asked for, and how. A slot keeps what it takes for
 * whatever it is asked to run again and again; the first runs of a kind start cold.
 *
 * @param birth {@link Birth#FORKED} for CPython, {@link Birth#AWAITED} for Node.js
 * @param programAt which argument of the command is the program's file: before it are the interpreter and its flags
 * @param modules which the interpreter has imported when a job is forked from it; their code runs in a sandbox of its
 *     own with more rights over the jobs than these have over each other, so they must be trusted by all of these jobs
 */
public record Preload(Birth birth, int programAt, List<String> modules) {
    public Preload {
        modules = List.copyOf(modules);
        if (programAt < 1) {
            throw new IllegalArgumentException("a program comes after its interpreter");
        }
        if (birth == Birth.EXECUTED || (birth == Birth.AWAITED && !modules.isEmpty())) {
            throw new IllegalArgumentException("a process that is " + birth + " has imported nothing");
        }
    }

    /** Forked from a CPython that has imported these. */
    public static Preload forked(int programAt, List<String> modules) {
        return new Preload(Birth.FORKED, programAt, modules);
    }

    /** A Node.js that waits for its program. */
    public static Preload awaited(int programAt) {
        return new Preload(Birth.AWAITED, programAt, List.of());
    }
}
