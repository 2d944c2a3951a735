package io.sandrun.broker.log;

import io.sandrun.broker.job.LogOrder;
import io.sandrun.broker.store.ResultRow;
import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogReport.Piece;
import io.sandrun.protocol.log.LogStream;
import java.nio.ByteBuffer;
import java.util.List;

/** The log of a job that told all in its report: made of its result, which keeps the order of the pieces. */
final class MemoryFrames implements Frames {
    private final int attempt;
    private final long startMs;
    private final byte[] bytes;
    private final LogPlaces places = new LogPlaces();

    private MemoryFrames(int attempt, long startMs, byte[] bytes) {
        this.attempt = attempt;
        this.startMs = startMs;
        this.bytes = bytes;
    }

    static MemoryFrames of(int attempt, long startMs, ResultRow result, int endedAfterMs) {
        ByteBuffer stdout = ByteBuffer.wrap(result.stdout());
        ByteBuffer stderr = ByteBuffer.wrap(result.stderr());
        List<Piece> order = LogOrder.read(result.logOrder());
        int pieces = order.size() + 2 + (stdout.remaining() + stderr.remaining()) / LogFrame.LENGTH_MAX + 2;
        ByteBuffer frames =
                ByteBuffer.allocate(stdout.remaining() + stderr.remaining() + (2 + pieces) * LogFrame.HEAD_BYTES);
        for (Piece piece : order) {
            ByteBuffer source = piece.stream() == LogStream.STDOUT ? stdout : stderr;
            put(frames, piece.stream(), piece.timeMs(), source, Math.min(piece.length(), source.remaining()));
        }
        put(frames, LogStream.STDOUT, endedAfterMs, stdout, stdout.remaining());
        put(frames, LogStream.STDERR, endedAfterMs, stderr, stderr.remaining());
        byte[] bytes = new byte[frames.flip().remaining()];
        frames.get(bytes);
        return new MemoryFrames(attempt, startMs, bytes);
    }

    private static void put(ByteBuffer frames, LogStream stream, int timeMs, ByteBuffer source, int length) {
        for (int left = length; left > 0; ) {
            int count = Math.min(left, LogFrame.LENGTH_MAX);
            new LogFrame(stream, timeMs, count).putHead(frames);
            frames.put(source.slice(source.position(), count));
            source.position(source.position() + count);
            left -= count;
        }
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public long startMs() {
        return startMs;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public boolean isWhole() {
        return true;
    }

    @Override
    public void read(long position, ByteBuffer target) {
        target.put(bytes, (int) position, (int) Math.min(target.remaining(), bytes.length - position));
    }

    @Override
    public LogPlaces places() {
        return places;
    }

    @Override
    public void close() {
        // Holds nothing but memory.
    }
}
