package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a program's process came to be. Which it was changes how long a start takes, and nothing else. */
public enum Start {
    /** It was executed in a sandbox that was made for it. */
    COLD,
    /** It was forked, into such a sandbox, from an interpreter that had started before. */
    FORKED,
    /** Likewise, and both the sandbox and the process in it were there before the job came. */
    WARM;

    /** The word on the wire. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if {@code wire} names none */
    @JsonCreator
    public static Start ofWire(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }

    /** What is named; empty for a word of a later version. */
    public static Optional<Start> named(String wire) {
        return Arrays.stream(values())
                .filter(start -> start.wire().equals(wire))
                .findFirst();
    }
}
