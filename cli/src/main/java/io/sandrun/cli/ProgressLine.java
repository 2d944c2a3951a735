package io.sandrun.cli;

import io.sandrun.protocol.transfer.Progress;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * How far a transfer is, as one line that is written over, some times a second at most. Where there is no terminal it
 * draws nothing. Thread-safe.
 */
final class ProgressLine implements Progress, AutoCloseable {
    /** Faster is not seen, and costs a slow terminal more than the transfer. */
    private static final long REDRAW_NANOS = 100_000_000;

    private static final int BAR_CHARACTERS = 24;
    private static final double MIB = 1 << 20;

    private final String what;
    private final boolean isColoured;
    private final Consumer<String> line;
    private final LongSupplier nanoTime;
    private final long begun;
    private long nextNanos;
    private boolean closed;

    /** @param what is being done: Uploading */
    ProgressLine(String what) {
        this(what, Console.isColoured(), Console::progress, System::nanoTime);
    }

    ProgressLine(String what, boolean isColoured, Consumer<String> line, LongSupplier nanoTime) {
        this.what = what;
        this.isColoured = isColoured;
        this.line = line;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        // What is over at once needs no line.
        this.nextNanos = begun + REDRAW_NANOS;
    }

    @Override
    public synchronized void moved(long bytes, long total) {
        long now = nanoTime.getAsLong();
        if (now - nextNanos >= 0 && !closed) {
            nextNanos = now + REDRAW_NANOS;
            line.accept(text(bytes, total, (now - begun) / 1e9));
        }
    }

    private String text(long bytes, long total, double seconds) {
        String rate = String.format(Locale.ROOT, "%.1f MiB/s", bytes / MIB / seconds);
        if (total <= 0) {
            return String.format(Locale.ROOT, "%s %.1f MiB, %s", what, bytes / MIB, rate);
        }
        int done = (int) (BAR_CHARACTERS * Math.min(bytes, total) / total);
        String bar = "#".repeat(done) + (isColoured ? Console.PLAIN : "") + "-".repeat(BAR_CHARACTERS - done);
        return String.format(
                Locale.ROOT,
                "%s %s%s %d %% of %.1f MiB, %s",
                what,
                isColoured ? Console.GREEN : "",
                bar,
                100 * Math.min(bytes, total) / total,
                total / MIB,
                rate);
    }

    /** Takes the line away. */
    @Override
    public synchronized void close() {
        closed = true;
        line.accept("");
    }
}
