package io.sandrun.broker.reputation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a node's answers are worth. */
public enum Standing {
    /**
     * Not checked often enough. Its answers count among others and never alone.
     *
     * <p>Enters: on its first registration, or when it is forgiven. Leaves: to PROVEN after enough checks in a row that
     * it passed, to DOUBTED by one that it did not.
     */
    NEW,

    /**
     * Its answer is taken on its word, but for spot checks.
     *
     * <p>Enters: by a streak of passed checks. Leaves: to DOUBTED by one rejected answer, or by failing again and
     * again.
     */
    PROVEN,

    /**
     * An answer of it was rejected, it fails again and again, or it came from where a barred node came from. Its
     * answers are checked, and do not help to decide.
     *
     * <p>Leaves: to PROVEN by a streak ten times as long for each rejection that is held against it, to BARRED by more
     * of the same.
     */
    DOUBTED,

    /** It gets no work. Leaves: to NEW, when an administrator forgives it. */
    BARRED;

    /** The word on the wire. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
