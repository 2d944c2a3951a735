package io.sandrun.runtime;

/** Where the process of a command came from. */
public enum Birth {
    /** It was executed when everything was there. */
    EXECUTED,
    /** It is a copy of an interpreter that had started before. */
    FORKED,
    /** It was executed before there was anything to do, for one run whatever that would be, and waited for it. */
    AWAITED
}
