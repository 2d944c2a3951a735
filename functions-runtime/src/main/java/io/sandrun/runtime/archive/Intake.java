package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A buffered, counted and bounded way to read a stream, with a look ahead. What it has not been asked for it has not
 * used up: formats that follow each other hand it on. One thread; does not close the stream.
 */
final class Intake {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final InputStream stream;
    private final long maxBytes;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int start;
    private int end;
    private long taken;

    /** @param maxBytes more than this is refused */
    Intake(InputStream stream, long maxBytes) {
        this.stream = stream;
        this.maxBytes = maxBytes;
    }

    /** Bytes that were used up. */
    long position() {
        return taken;
    }

    byte[] buffer() {
        return buffer;
    }

    int bufferStart() {
        return start;
    }

    /** How much of the buffer, from its start on, can be read at once. */
    int available() {
        return end - start;
    }

    /** Uses up bytes that are available. */
    void skip(int count) {
        start += count;
        taken += count;
    }

    /**
     * Makes that many bytes available, at most as many as the buffer holds.
     *
     * @return whether there are so many
     */
    boolean require(int count) throws IOException {
        if (count > buffer.length - start) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        while (end - start < count) {
            int read = stream.read(buffer, end, buffer.length - end);
            if (read < 0) {
                return false;
            }
            end += read;
            if (taken + end - start > maxBytes) {
                throw ArchiveRefusedException.archive(Fault.TOO_LARGE, "has more than " + maxBytes + " bytes");
            }
        }
        return true;
    }

    boolean isAtEnd() throws IOException {
        return !require(1);
    }

    /** Whether these bytes come next. */
    boolean startsWith(byte... bytes) throws IOException {
        return require(bytes.length) && Arrays.equals(buffer, start, start + bytes.length, bytes, 0, bytes.length);
    }

    /** Reads some bytes, at least one, or -1 at the end. */
    int read(byte[] into, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!require(1)) {
            return -1;
        }
        int some = Math.min(count, available());
        System.arraycopy(buffer, start, into, offset, some);
        skip(some);
        return some;
    }

    /** Reads exactly so many bytes. */
    byte[] take(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int have = 0; have < count; ) {
            int read = read(bytes, have, count - have);
            if (read < 0) {
                throw truncated();
            }
            have += read;
        }
        return bytes;
    }

    static ArchiveRefusedException truncated() {
        return ArchiveRefusedException.archive(Fault.TRUNCATED, "is cut off");
    }

    static ArchiveRefusedException damaged(String what) {
        return ArchiveRefusedException.archive(Fault.DAMAGED, "is damaged: " + what);
    }
}
