package io.sandrun.runtime.attack;

/** What became of an attack. */
public enum Verdict {
    /** It did what it could and was stopped, in the way that was expected. */
    HELD,
    /** It succeeded, or was not shown to be stopped. */
    ESCAPED,
    /** This machine lacks what it would attack. */
    NOT_APPLICABLE
}
