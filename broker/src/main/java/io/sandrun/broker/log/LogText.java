package io.sandrun.broker.log;

import io.sandrun.protocol.log.LogStream;
import io.sandrun.protocol.log.Utf8;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes text of the pieces of a log: cut at the borders of characters, each byte once, U+FFFD for what is none. The
 * beginning of a character at the end of what is there waits for the rest of it. One thread at a time.
 */
public final class LogText {
    /**
     * Text of one stream.
     *
     * @param offset bytes before it
     * @param length bytes that it stands for
     * @param timeMs when the first of them was printed, since 1970
     */
    public record Part(LogStream stream, long offset, int length, long timeMs, String text) {}

    private @Nullable LogStream stream;
    private final ByteArrayOutputStream run = new ByteArrayOutputStream();
    private long offset;
    private long timeMs;

    /** The text of these pieces, those of one stream in a row together. */
    public List<Part> of(List<LogReader.Piece> pieces) {
        List<Part> parts = new ArrayList<>();
        for (LogReader.Piece piece : pieces) {
            if (piece.stream() != stream) {
                endRun(parts);
                stream = piece.stream();
            }
            if (run.size() == 0) {
                offset = piece.offset();
                timeMs = piece.timeMs();
            }
            run.writeBytes(piece.bytes());
        }
        byte[] bytes = run.toByteArray();
        int whole = Utf8.wholeLength(bytes, bytes.length);
        if (whole > 0) {
            run.reset();
            run.writeBytes(Arrays.copyOf(bytes, whole));
            endRun(parts);
            offset += whole;
            run.write(bytes, whole, bytes.length - whole);
        }
        return parts;
    }

    /** Nothing follows: what waits is text as it is. */
    public List<Part> end() {
        List<Part> parts = new ArrayList<>();
        endRun(parts);
        return parts;
    }

    private void endRun(List<Part> parts) {
        LogStream ended = stream;
        if (run.size() > 0 && ended != null) {
            parts.add(new Part(ended, offset, run.size(), timeMs, run.toString(StandardCharsets.UTF_8)));
            run.reset();
        }
    }
}
