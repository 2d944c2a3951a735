package io.sandrun.protocol.transfer;

import java.io.IOException;
import java.time.Duration;

/** Nothing has moved for too long. */
public final class TransferStalledException extends IOException {
    private static final long serialVersionUID = 1;

    TransferStalledException(Duration patience) {
        super("nothing has moved for %d s".formatted(patience.toSeconds()));
    }
}
