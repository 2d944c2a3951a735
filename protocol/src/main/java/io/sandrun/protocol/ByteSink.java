package io.sandrun.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the bytes of an artifact in their order, from one thread at a time. */
@FunctionalInterface
public interface ByteSink {
    /**
     * Takes all that remains in the buffer.
     *
     * @throws IOException ends the transfer, which then fails with it
     */
    void take(ByteBuffer bytes) throws IOException;
}
