package io.sandrun.node.log;

import io.sandrun.protocol.Limits;
import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogReport;
import io.sandrun.protocol.log.LogStream;
import io.sandrun.protocol.log.Utf8;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Makes pieces of what is printed and writes them into a spool. What one stream prints within a few milliseconds is one
 * piece, ended by whatever the other stream prints. Not thread-safe.
 */
final class LogPieces {
    /** What is printed within this time is one piece. */
    private static final long JOIN_MS = 5;

    /**
     * A log of more pieces than this is of a program that writes a few bytes to either stream in turn. From there on
     * the streams are joined apart from each other, over a longer time: the order between them gets coarse, and the
     * number of pieces stays bounded, by {@link Limits#LOG_PIECES}.
     */
    private static final int FINE_PIECES = 100_000;

    private static final long JOIN_COARSE_MS = 250;

    private final LogSpool spool;
    private final Map<LogStream, Open> open = new EnumMap<>(LogStream.class);
    private final List<LogReport.Piece> order = new ArrayList<>();
    private int count;
    private long bytes;

    /** A piece that may still grow, and the beginning of a character that is not whole yet. */
    private static final class Open {
        private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
        private byte[] partial = new byte[0];
        private long timeMs;
    }

    LogPieces(LogSpool spool) {
        this.spool = spool;
    }

    /** Bytes of the log in the spool, without the heads. */
    long bytes() {
        return bytes;
    }

    /** The first pieces, those of one stream in a row joined; one more than {@link Limits#LOG_ORDER_PIECES} at most. */
    List<LogReport.Piece> order() {
        return order;
    }

    void add(LogStream stream, long timeMs, byte[] printed) throws IOException {
        if (count < FINE_PIECES) {
            for (LogStream other : LogStream.values()) {
                if (other != stream) {
                    seal(other);
                }
            }
        }
        Open piece = open.computeIfAbsent(stream, fresh -> new Open());
        if (timeMs - piece.timeMs > (count < FINE_PIECES ? JOIN_MS : JOIN_COARSE_MS)) {
            seal(stream);
        }
        byte[] all = joined(piece.partial, printed);
        int wholeBytes = Utf8.wholeLength(all, all.length);
        piece.partial = Arrays.copyOfRange(all, wholeBytes, all.length);
        ByteBuffer left = ByteBuffer.wrap(all, 0, wholeBytes);
        while (left.hasRemaining()) {
            if (piece.whole.size() == 0) {
                piece.timeMs = timeMs;
            }
            int room = LogFrame.LENGTH_MAX - piece.whole.size();
            byte[] part = new byte[Math.min(room, left.remaining())];
            left.get(part);
            int fitting = left.hasRemaining() ? Utf8.wholeLength(part, part.length) : part.length;
            left.position(left.position() - (part.length - fitting));
            piece.whole.write(part, 0, fitting);
            if (left.hasRemaining()) {
                seal(stream);
            }
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Whether something waits to become a piece. */
    boolean hasOpen() {
        return open.values().stream().anyMatch(piece -> piece.whole.size() > 0);
    }

    /** What is there now is to be sent: nothing may be joined to it any more. */
    void seal() throws IOException {
        for (LogStream stream : LogStream.values()) {
            seal(stream);
        }
    }

    private void seal(LogStream stream) throws IOException {
        Open piece = open.get(stream);
        if (piece != null && piece.whole.size() > 0) {
            byte[] content = piece.whole.toByteArray();
            piece.whole.reset();
            write(stream, piece.timeMs, content);
        }
    }

    private void write(LogStream stream, long timeMs, byte[] content) throws IOException {
        LogFrame head = new LogFrame(stream, (int) Math.min(timeMs, Integer.MAX_VALUE), content.length);
        ByteBuffer frame = ByteBuffer.allocate(head.size());
        head.putHead(frame);
        frame.put(content);
        spool.append(frame.array());
        count++;
        bytes += content.length;
        note(head);
    }

    private void note(LogFrame head) {
        LogReport.Piece last = order.isEmpty() ? null : order.get(order.size() - 1);
        if (last != null && last.stream() == head.stream()) {
            order.set(
                    order.size() - 1, new LogReport.Piece(last.stream(), last.timeMs(), last.length() + head.length()));
        } else if (order.size() <= Limits.LOG_ORDER_PIECES) {
            order.add(new LogReport.Piece(head.stream(), head.timeMs(), head.length()));
        }
    }

    /** Nothing more comes: also what never became a whole character is a piece. */
    void end() throws IOException {
        seal();
        for (Map.Entry<LogStream, Open> entry : open.entrySet()) {
            Open piece = entry.getValue();
            if (piece.partial.length > 0) {
                write(entry.getKey(), piece.timeMs, piece.partial);
                piece.partial = new byte[0];
            }
        }
    }
}
