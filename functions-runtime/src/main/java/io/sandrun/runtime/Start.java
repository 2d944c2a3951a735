package io.sandrun.runtime;

/** How the process of a command came to be. Which it was changes how long a start takes, and nothing else. */
public enum Start {
    /** The command was executed in a sandbox that was made for it. */
    COLD,
    /** The process was forked, into such a sandbox, from an interpreter that had started before. See decision 13. */
    FORKED,
    /** Likewise, and both the sandbox and the process in it were there before the run was asked for. */
    WARM;

    /** Whether the process began its life in another one. */
    public boolean isForked() {
        return this != COLD;
    }
}
