package io.sandrun.runtime;

/** How a run ended. The first that applies, in the order in which the run loop looks. */
public enum Outcome {
    /** The command ended by itself with exit code 0. */
    OK,
    /** The command ended by itself with another exit code. */
    EXIT_NONZERO,
    /** A signal ended the command, and none of the limits explains it. */
    SIGNALLED,
    /** Wall or CPU time was used up. */
    TIMED_OUT,
    OUT_OF_MEMORY,
    OUTPUT_LIMIT,
    DISK_LIMIT,
    PROCESS_LIMIT,
    /** The caller did not want it any more. */
    CANCELLED,
    /** Our failure: the command did not get the sandbox it was promised. May be tried again. */
    SANDBOX_ERROR,
    /** The request cannot be run by any sandbox. Trying again is useless. */
    INVALID_INPUT
}
