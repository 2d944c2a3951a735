package io.sandrun.broker.http;

import io.sandrun.broker.http.flow.PaceWatch;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Tells how much its reader has taken, so that one who takes too little is given up. One thread. */
final class PacedStream extends FilterOutputStream {
    private final PaceWatch.Watched pace;

    PacedStream(OutputStream out, PaceWatch.Watched pace) {
        super(out);
        this.pace = pace;
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
        pace.moved(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        pace.moved(length);
    }
}
