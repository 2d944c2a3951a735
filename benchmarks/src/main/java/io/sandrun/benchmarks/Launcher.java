package io.sandrun.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Starts one command, in one way. One thread at a time. */
interface Launcher extends AutoCloseable {
    /** @return nanoseconds from before the start until both outputs have ended and the exit status is known */
    long start() throws IOException;

    /** How many starts, one after the other, end within that time. */
    default long startsWithin(long millis) throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long ended = 0;
        for (start(); System.nanoTime() < end; start()) {
            ended++;
        }
        return ended;
    }

    @Override
    void close() throws IOException;
}
