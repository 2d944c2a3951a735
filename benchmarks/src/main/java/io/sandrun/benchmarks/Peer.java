package io.sandrun.benchmarks;

import java.io.IOException;

/** A queue of somebody else, in a process of its own, that syncs each change to disk before it answers, as we do. */
interface Peer extends AutoCloseable {
    String name();

    /** A connection for one thread. */
    Session connect() throws IOException;

    @Override
    void close() throws IOException;

    /** What a producer or a worker says to it, one thing at a time. */
    interface Session extends AutoCloseable {
        /** Puts one job in; answers when it is on disk. */
        void submit(String job) throws IOException;

        /** Takes a job and ends it; answers when its end is on disk. False if there was none for a second. */
        boolean work() throws IOException;

        @Override
        void close() throws IOException;
    }
}
