package io.sandrun.benchmarks;

import java.io.IOException;

/** Starts one command, in one way. One thread at a time. */
interface Launcher extends AutoCloseable {
    /** @return nanoseconds from before the start until both outputs have ended and the exit status is known */
    long start() throws IOException;

    /** How many starts, one after the other, end within that time. */
    long startsWithin(long millis) throws IOException;

    @Override
    void close() throws IOException;
}
