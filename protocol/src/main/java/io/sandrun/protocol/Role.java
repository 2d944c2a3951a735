package io.sandrun.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an API key allows. Each client's role allows what those before it allow; a node's is apart. */
public enum Role {
    /** Look at jobs: all of them, or those of one other key. */
    READ,
    /** Submit jobs, and look at and cancel one's own. */
    SUBMIT,
    /** Everything that a client can do, with everybody's jobs, and with keys. */
    ADMIN,
    /** Work as a node. */
    NODE;

    /** Whether whoever has this role may do what asks for the other one. */
    public boolean includes(Role needed) {
        return this == needed || (this != NODE && needed != NODE && compareTo(needed) > 0);
    }

    /** The word on the wire. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> named(String word) {
        return Arrays.stream(values()).filter(role -> role.wire().equals(word)).findFirst();
    }

    @JsonCreator
    static Role ofWire(String word) {
        return named(word).orElseThrow(() -> new IllegalArgumentException("no role is called " + word));
    }
}
