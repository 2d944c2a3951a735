package io.sandrun.broker.log;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.log.LogFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A log in a file: a head that names the attempt, then the pieces. Written at the end only, so that readers need no
 * lock. Not flushed until it is {@linkplain #seal sealed}: a node still has what a crash takes. A file whose name went
 * to a later attempt is read to its end by those who have it open. Thread-safe.
 */
final class LogFile implements Frames {
    private static final int MAGIC = 0x536c6f67;
    private static final int HEAD_BYTES = Integer.BYTES + Integer.BYTES + Long.BYTES;

    private final FileChannel channel;
    private final int attempt;
    private final long startMs;
    private final LogPlaces places;
    private volatile long size;
    private volatile boolean whole;
    private long bytes;
    private int pieces;
    private int holders = 1;

    private LogFile(FileChannel channel, int attempt, long startMs, LogPlaces places) {
        this.channel = channel;
        this.attempt = attempt;
        this.startMs = startMs;
        this.places = places;
    }

    /**
     * The file of a running attempt: the one that is there, without an unfinished piece of a crash, or a new one.
     *
     * @param places those of the log of an attempt
     */
    static LogFile live(Path path, int attempt, long startMs, IntFunction<LogPlaces> places) throws IOException {
        Optional<LogFile> there = open(path, places, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (there.isPresent() && there.get().attempt == attempt) {
            there.get().recover();
            return there.get();
        }
        there.ifPresent(LogFile::close);
        Files.deleteIfExists(path);
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        LogFile fresh = new LogFile(channel, attempt, startMs, places.apply(attempt));
        try {
            fresh.write(
                    0,
                    ByteBuffer.allocate(HEAD_BYTES)
                            .putInt(MAGIC)
                            .putInt(attempt)
                            .putLong(startMs)
                            .flip());
        } catch (IOException full) {
            // The node tries again and again: each time would leave a file open.
            fresh.close();
            throw full;
        }
        return fresh;
    }

    /** The file of an attempt that is over; empty if there is none. */
    static Optional<LogFile> ended(Path path, IntFunction<LogPlaces> places) throws IOException {
        Optional<LogFile> there = open(path, places, StandardOpenOption.READ);
        if (there.isPresent()) {
            there.get().size = there.get().channel.size() - HEAD_BYTES;
            there.get().whole = true;
        }
        return there;
    }

    private static Optional<LogFile> open(Path path, IntFunction<LogPlaces> places, StandardOpenOption... options)
            throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(path, options);
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        fill(channel, 0, head);
        if (head.flip().remaining() < HEAD_BYTES || head.getInt() != MAGIC) {
            channel.close();
            return Optional.empty();
        }
        int attempt = head.getInt();
        return Optional.of(new LogFile(channel, attempt, head.getLong(), places.apply(attempt)));
    }

    /** Finds the end of the last whole piece. */
    private void recover() throws IOException {
        long end = channel.size() - HEAD_BYTES;
        long at = 0;
        ByteBuffer head = ByteBuffer.allocate(LogFrame.HEAD_BYTES);
        while (at + LogFrame.HEAD_BYTES <= end) {
            fill(channel, HEAD_BYTES + at, head.clear());
            LogFrame frame;
            try {
                frame = LogFrame.head(head.flip());
            } catch (IOException torn) {
                break;
            }
            if (at + frame.size() > end) {
                break;
            }
            at += frame.size();
            bytes += frame.length();
            pieces++;
        }
        channel.truncate(HEAD_BYTES + at);
        size = at;
    }

    /**
     * Takes what is new of some pieces, unless it has {@linkplain #end ended}: those who read it may be through.
     *
     * @param offset bytes of the log before the first of them
     * @return bytes of the log that are here now; what comes next begins there
     * @throws Refusal if the pieces are none, or too many
     * @throws IOException if the disk takes nothing
     */
    synchronized long append(long offset, byte[] frames) throws IOException {
        if (whole || offset > bytes) {
            return bytes;
        }
        ByteBuffer fresh = ByteBuffer.allocate(frames.length);
        int count = fresh(offset, ByteBuffer.wrap(frames), fresh);
        long added = fresh.flip().remaining() - (long) count * LogFrame.HEAD_BYTES;
        if (bytes + added > Limits.LOG_BYTES || pieces + count > Limits.LOG_PIECES) {
            throw new Refusal(
                    ErrorCode.BODY_TOO_LARGE,
                    "The log of an attempt has at most %d bytes in %d pieces."
                            .formatted(Limits.LOG_BYTES, Limits.LOG_PIECES),
                    Map.of("limit_bytes", Limits.LOG_BYTES));
        }
        long newSize = size + fresh.remaining();
        write(HEAD_BYTES + size, fresh);
        bytes += added;
        pieces += count;
        size = newSize;
        return bytes;
    }

    /** Copies the pieces without the bytes that are here already; answers how many they are. */
    private int fresh(long offset, ByteBuffer source, ByteBuffer target) {
        int count = 0;
        long at = offset;
        while (source.hasRemaining()) {
            LogFrame head;
            try {
                head = LogFrame.head(source);
            } catch (IOException broken) {
                throw Refusal.invalidField("frames", "pieces of a log");
            }
            if (head.length() > source.remaining()) {
                throw Refusal.invalidField("frames", "whole pieces of a log");
            }
            int known = (int) Math.min(Math.max(bytes - at, 0), head.length());
            if (known < head.length()) {
                new LogFrame(head.stream(), head.timeMs(), head.length() - known).putHead(target);
                target.put(source.slice(source.position() + known, head.length() - known));
                count++;
            }
            source.position(source.position() + head.length());
            at += head.length();
        }
        return count;
    }

    private void write(long position, ByteBuffer source) throws IOException {
        long at = position;
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    /** Bytes of the log, without the heads of the pieces. */
    synchronized long bytes() {
        return bytes;
    }

    /** Returns when all of it is on disk. */
    void seal() throws IOException {
        channel.force(true);
    }

    /** Nothing is taken any more. */
    synchronized void end() {
        whole = true;
    }

    /** Gives it to one more, who closes it; false if the last one has closed it. */
    synchronized boolean share() {
        if (holders == 0) {
            return false;
        }
        holders++;
        return true;
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
        return size;
    }

    @Override
    public boolean isWhole() {
        return whole;
    }

    @Override
    public LogPlaces places() {
        return places;
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        fill(channel, HEAD_BYTES + position, target);
    }

    private static void fill(FileChannel channel, long position, ByteBuffer target) throws IOException {
        long at = position;
        while (target.hasRemaining()) {
            int count = channel.read(target, at);
            if (count < 0) {
                return;
            }
            at += count;
        }
    }

    @Override
    public synchronized void close() {
        holders--;
        if (holders == 0) {
            try {
                channel.close();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
