package io.sandrun.node.artifact;

import io.sandrun.node.attempt.HeldAttempt;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes that are read for an attempt, as long as anybody wants it: a large archive takes long to read. */
final class WantedStream extends FilterInputStream {
    private final HeldAttempt attempt;

    WantedStream(InputStream bytes, HeldAttempt attempt) {
        super(bytes);
        this.attempt = attempt;
    }

    /** @throws java.util.concurrent.CancellationException when nobody wants the attempt any more */
    @Override
    public int read() throws IOException {
        attempt.requireWanted();
        return super.read();
    }

    /** @throws java.util.concurrent.CancellationException when nobody wants the attempt any more */
    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        attempt.requireWanted();
        return super.read(target, offset, count);
    }
}
