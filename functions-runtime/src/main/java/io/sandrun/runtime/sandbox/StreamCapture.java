package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.CapturedStream;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import java.io.ByteArrayOutputStream;

/** Reads one output stream to its end: keeps the beginning, counts all, passes everything on. One thread. */
final class StreamCapture {
    private final Descriptor reader;
    private final int keptBytes;
    private final OutputSink sink;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long totalBytes;

    StreamCapture(Descriptor reader, int keptBytes, OutputSink sink) {
        this.reader = reader;
        this.keptBytes = keptBytes;
        this.sink = sink;
    }

    /**
     * Takes what is there, one buffer at most.
     *
     * @return bytes that were taken; 0 at the end of the stream; -1 when nothing is there yet
     */
    int read(NativeBuffer buffer) throws LinuxException {
        int count = reader.read(buffer);
        if (count > 0) {
            byte[] bytes = buffer.first(count);
            kept.write(bytes, 0, Math.min(count, keptBytes - kept.size()));
            totalBytes += count;
            sink.accept(bytes);
        }
        return count;
    }

    /** Whether all that comes now is only counted and passed on. */
    boolean isFull() {
        return totalBytes >= keptBytes;
    }

    long totalBytes() {
        return totalBytes;
    }

    CapturedStream captured() {
        return new CapturedStream(kept.toByteArray(), totalBytes);
    }
}
