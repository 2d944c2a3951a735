package io.sandrun.runtime.output;

import java.io.IOException;

/** Where the bytes of output files go. One file at a time, one thread. */
@FunctionalInterface
public interface ArtifactSink {
    /** One file on its way. */
    interface Draft extends AutoCloseable {
        /** The first bytes of the array, which the caller goes on to use. */
        void write(byte[] bytes, int count) throws IOException;

        /** The file is complete, and is kept. Without this, closing throws away what was written. */
        void keep(OutputFile file) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Takes everything and keeps nothing. */
    ArtifactSink NOWHERE = () -> new Draft() {
        @Override
        public void write(byte[] bytes, int count) {}

        @Override
        public void keep(OutputFile file) {}

        @Override
        public void close() {}
    };

    /** Begins a file. */
    Draft begin() throws IOException;
}
