package io.sandrun.runtime;

/**
 * How much of a run was there before it was asked for. Which it was changes how long a start takes, and nothing else;
 * see decision 13, and {@link Birth} for where the command's process came from.
 */
public enum Start {
    /** Nothing: the sandbox was made for it, and the command executed in it. */
    COLD,
    /** An interpreter, from which the process was forked into a sandbox that was made for it. */
    FORKED,
    /** The sandbox, and in it the process, if the command is one whose process can be there before. */
    WARM
}
