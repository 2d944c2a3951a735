package io.sandrun.runtime;

import java.nio.file.Path;

/**
 * What an agent decides about its sandboxes.
 *
 * @param slots how many runs may go on at one time, 1 to {@value #MAX_SLOTS}
 * @param stateDirectory where it is written down what a killed agent would leave behind, for the next one to remove
 * @param warmBytes of memory that interpreters and sandboxes which wait for runs may have, all slots together
 */
public record SandboxSettings(int slots, Path stateDirectory, long warmBytes) {

    /** Two host user ids per slot out of the 4096 that one agent owns; far above what one machine runs at once. */
    public static final int MAX_SLOTS = 1024;

    public SandboxSettings {
        if (slots < 1 || slots > MAX_SLOTS) {
            throw new IllegalArgumentException("slots must be between 1 and " + MAX_SLOTS + ", not " + slots);
        }
        if (warmBytes < 0) {
            throw new IllegalArgumentException("what waits cannot have %d bytes".formatted(warmBytes));
        }
    }

    /** Without a bound of what waits. */
    public SandboxSettings(int slots, Path stateDirectory) {
        this(slots, stateDirectory, Long.MAX_VALUE);
    }
}
