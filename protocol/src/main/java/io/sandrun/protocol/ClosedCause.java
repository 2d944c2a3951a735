package io.sandrun.protocol;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What closes a node by its owner's will; where several do, the first of them is told. */
public enum ClosedCause {
    /** Its owner, by hand. */
    PAUSED,
    /** The time is none of its hours. */
    HOURS,
    /** A battery of the machine is drained. */
    BATTERY,
    /** Other programs keep it busy. */
    LOAD,
    /** Its disk has less free than its owner wants. */
    DISK;

    /** The word on the wire: {@link OwnerTerms.Closed#code}. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is named; empty for a word of a later version. */
    public static Optional<ClosedCause> named(String wire) {
        return Arrays.stream(values())
                .filter(cause -> cause.wire().equals(wire))
                .findFirst();
    }
}
