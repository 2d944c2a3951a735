package io.sandrun.broker.http;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** Gives up a reader who takes so little for so long that it only holds a thread. One thread. */
final class PacedStream extends FilterOutputStream {
    /** How slow a reader may be on average, bytes per second, once it had time to begin. */
    private static final long SLOWEST_BYTES_PER_SECOND = 1024;

    private static final long SLOW_SECONDS = 60;

    private final long startedAtNanos = System.nanoTime();
    private long sent;

    PacedStream(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int value) throws IOException {
        out.write(value);
        count(1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        count(length);
    }

    private void count(int length) throws IOException {
        sent += length;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAtNanos);
        if (seconds > SLOW_SECONDS && sent / seconds < SLOWEST_BYTES_PER_SECOND) {
            throw new IOException("the caller reads too slowly");
        }
    }
}
