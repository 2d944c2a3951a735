package io.sandrun.broker.log;

import io.sandrun.broker.log.LogPlaces.Place;
import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Goes through a log once, from a place on, as far as it is there. One thread at a time. */
public final class LogReader {
    /** Pieces of one step, however small: bounds the memory that a step takes. */
    private static final int PIECES_MAX = 512;

    private final Frames log;
    private final @Nullable LogStream only;

    /** Before the next piece to look at. */
    private Place place;

    /** Where the reader wants to begin. */
    private final long from;

    /**
     * @param only the one stream that is wanted, or null for the whole log
     * @param from bytes of what is wanted that are passed over
     */
    public LogReader(Frames log, @Nullable LogStream only, long from) {
        this.log = log;
        this.only = only;
        this.from = from;
        this.place = log.places().before(only, from);
    }

    /**
     * Some bytes of one stream.
     *
     * @param offset bytes of what is wanted before them
     * @param timeMs since 1970
     */
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way from one place to the next; nobody compares them
    public record Piece(LogStream stream, long offset, long timeMs, byte[] bytes) {}

    /** Bytes of a log, or of one stream of it, that are there now. */
    public static long length(Frames log, @Nullable LogStream only) throws IOException {
        LogReader reader = new LogReader(log, only, Long.MAX_VALUE);
        reader.next(1);
        return reader.place.passed(only);
    }

    /** Bytes of what is wanted that were passed so far. */
    public long offset() {
        return Math.max(place.passed(only), from);
    }

    /** What comes next, about {@code maxBytes} of it; nothing if no more is there now. */
    public List<Piece> next(int maxBytes) throws IOException {
        List<Piece> pieces = new ArrayList<>();
        int room = maxBytes;
        while (room > 0 && pieces.size() < PIECES_MAX) {
            int there = (int) Math.min(log.size() - place.position(), LogFrame.HEAD_BYTES + LogFrame.LENGTH_MAX);
            if (there <= 0) {
                break;
            }
            ByteBuffer buffer = ByteBuffer.allocate(there);
            log.read(place.position(), buffer);
            int taken = take(buffer.flip(), room, pieces);
            if (taken < 0) {
                break;
            }
            room -= taken;
        }
        return pieces;
    }

    /** Takes the whole pieces of a buffer; answers how many wanted bytes they had, or -1 if it has not even one. */
    private int take(ByteBuffer buffer, int room, List<Piece> pieces) throws IOException {
        int wanted = 0;
        int looked = 0;
        while (buffer.remaining() >= LogFrame.HEAD_BYTES && wanted < room && pieces.size() < PIECES_MAX) {
            LogFrame head = LogFrame.head(buffer);
            if (buffer.remaining() < head.length()) {
                break;
            }
            if (only == null || head.stream() == only) {
                long offset = place.passed(only);
                int skip = (int) Math.min(Math.max(from - offset, 0), head.length());
                if (skip < head.length()) {
                    byte[] bytes = new byte[head.length() - skip];
                    buffer.get(buffer.position() + skip, bytes);
                    pieces.add(new Piece(head.stream(), offset + skip, log.startMs() + head.timeMs(), bytes));
                    wanted += bytes.length;
                }
            }
            buffer.position(buffer.position() + head.length());
            place = place.behind(head);
            log.places().note(place);
            looked++;
        }
        return looked == 0 ? -1 : wanted;
    }
}
