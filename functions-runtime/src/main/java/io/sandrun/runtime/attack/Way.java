package io.sandrun.runtime.attack;

/** How the processes that attack come to be. */
public enum Way {
    /** Executed, each in a sandbox that is made for it. */
    COLD,
    /** Executed, each in a sandbox that was there before. */
    READY,
    /** Forked from a Python, to execute the attack then. */
    FORKED,
    /** The attack's own process was there before and has waited, as it is done for Node.js. */
    AWAITED
}
