package io.sandrun.protocol.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The head of one piece of a log: which stream, when, how many bytes. The bytes follow it. A log is a sequence of such
 * pieces, in the order in which the bytes were printed, and looks the same in a node's memory, on its disk, on the
 * wire and on the broker's disk.
 *
 * @param timeMs since the node got the job
 * @param length bytes that follow, 1 to {@value #LENGTH_MAX}
 */
public record LogFrame(LogStream stream, int timeMs, int length) {
    /** One byte for the stream, four for the time, four for the length. */
    public static final int HEAD_BYTES = 9;

    /** What a reader of logs must be able to hold. */
    public static final int LENGTH_MAX = 64 * 1024;

    public void putHead(ByteBuffer target) {
        target.put((byte) stream.code()).putInt(timeMs).putInt(length);
    }

    /** This head and the bytes after it. */
    public int size() {
        return HEAD_BYTES + length;
    }

    /**
     * Reads the head at the buffer's position and moves behind it.
     *
     * @throws IOException if it is none
     */
    public static LogFrame head(ByteBuffer source) throws IOException {
        if (source.remaining() < HEAD_BYTES) {
            throw new IOException("a log ends within the head of a piece");
        }
        int code = source.get();
        int timeMs = source.getInt();
        int length = source.getInt();
        Optional<LogStream> stream = LogStream.ofCode(code);
        if (stream.isEmpty() || timeMs < 0 || length < 1 || length > LENGTH_MAX) {
            throw new IOException(
                    "a log has a piece of stream %d with %d bytes at %d ms".formatted(code, length, timeMs));
        }
        return new LogFrame(stream.get(), timeMs, length);
    }
}
