package io.sandrun.cli.map;

import java.io.IOException;

/** What a run has to write is not taken, mostly by a full disk; nothing is lost by it. */
public final class UnwrittenException extends IOException {
    private static final long serialVersionUID = 1;

    /** @param what cannot be written, as a person calls it */
    public UnwrittenException(String what, IOException cause) {
        super(
                "%s cannot be written (%s). Make room and start the same again: it goes on where it was."
                        .formatted(what, reason(cause)),
                cause);
    }

    private static String reason(IOException cause) {
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
