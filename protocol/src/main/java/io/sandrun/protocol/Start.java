package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How much of a program was there before its job came. It changes how long a start takes, and nothing else. */
public enum Start {
    /** Nothing: the sandbox was made for it, and the program executed in it. */
    COLD,
    /** An interpreter, from which its process was forked into a sandbox that was made for it. */
    FORKED,
    /** The sandbox, and in it the process, if it is one that can be there before. */
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
