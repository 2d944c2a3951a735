package io.sandrun.runtime;

/**
 * Hears what a command prints, in the order in which it was read: all of it, also what the result no longer keeps.
 * Called by the thread that runs the command, which reads nothing meanwhile: must not wait for anybody.
 */
@FunctionalInterface
public interface OutputListener {
    OutputListener NONE = (stream, bytes) -> {};

    /** Where the bytes were written to. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /** @param bytes raw, never empty; the listener's to keep */
    void printed(Stream stream, byte[] bytes);
}
