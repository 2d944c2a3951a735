package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;

/** Writes the command's input as fast as it is taken, then closes the pipe. One thread. */
final class StdinFeed implements AutoCloseable {
    private final Descriptor writer;
    private final NativeBuffer content;
    private final long length;
    private long written;

    StdinFeed(Descriptor writer, byte[] stdin) {
        this.writer = writer;
        this.content = NativeBuffer.holding(stdin);
        this.length = stdin.length;
    }

    /** Writes what fits now. @return false when there is nothing left to write, or nobody to read it */
    boolean write() throws LinuxException {
        while (written < length) {
            int count = writer.write(content, written, length - written);
            if (count == 0) {
                return true;
            }
            if (count < 0) {
                break;
            }
            written += count;
        }
        writer.close();
        return false;
    }

    @Override
    public void close() {
        writer.close();
        content.close();
    }
}
