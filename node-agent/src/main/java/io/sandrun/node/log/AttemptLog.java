package io.sandrun.node.log;

import io.sandrun.protocol.Limits;
import io.sandrun.protocol.log.LogBatch;
import io.sandrun.protocol.log.LogFrame;
import io.sandrun.protocol.log.LogReport;
import io.sandrun.protocol.log.LogStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one attempt prints, in order, kept until its report is recorded: the broker asks for what it lost. A piece of a
 * stream ends at the border of a character wherever there is one, so that the streams' pieces, laid side by side, are
 * text. Thread-safe: the slot writes while the log loop reads.
 */
public final class AttemptLog {
    private static final Logger log = LoggerFactory.getLogger(AttemptLog.class);

    /**
     * So long after its first output nothing is sent: an attempt that ends by then tells all in its report, which
     * spares it a message.
     */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    /** How long further output waits for more of its kind. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final String jobId;
    private final String leaseId;
    private final LogSpool spool;
    private final LogPieces pieces;
    private final LongSupplier ageMs;
    private final Runnable nudge;
    private final Map<LogStream, Long> printed = new EnumMap<>(LogStream.class);

    /** The first piece that the broker does not have whole: where it begins in the spool, and in the log. */
    private long takenPosition;

    private long takenOffset;

    private long dueNanos = Long.MAX_VALUE;
    private boolean sent;
    private boolean over;
    private boolean refused;

    /**
     * @param ageMs milliseconds since the node got the job
     * @param nudge called when something is to be sent that nobody knows of; must not block
     */
    public AttemptLog(String jobId, String leaseId, LogSpool spool, LongSupplier ageMs, Runnable nudge) {
        this.jobId = jobId;
        this.leaseId = leaseId;
        this.spool = spool;
        this.pieces = new LogPieces(spool);
        this.ageMs = ageMs;
        this.nudge = nudge;
    }

    public String leaseId() {
        return leaseId;
    }

    /** Takes what was printed; never waits for the broker. */
    public void append(LogStream stream, byte[] bytes) {
        boolean isNews = false;
        synchronized (this) {
            int count = (int) Math.min(bytes.length, Limits.LOG_BYTES - total());
            if (over || count <= 0) {
                return;
            }
            printed.merge(stream, (long) count, Long::sum);
            try {
                pieces.add(stream, ageMs.getAsLong(), count == bytes.length ? bytes : Arrays.copyOf(bytes, count));
            } catch (IOException noDisk) {
                // What the spool does not hold is not counted either, so that the rest can still be delivered.
                printed.merge(stream, (long) -count, Long::sum);
                giveUp(noDisk);
                return;
            }
            if (dueNanos == Long.MAX_VALUE) {
                dueNanos = System.nanoTime() + (sent ? LINGER_NANOS : QUIET_NANOS);
                isNews = true;
            }
        }
        if (isNews) {
            nudge.run();
        }
    }

    private void giveUp(IOException failure) {
        over = true;
        log.error("The log of job {} ends here: {}", jobId, failure.toString());
    }

    private long total() {
        return printed.values().stream().mapToLong(Long::longValue).sum();
    }

    private long printed(LogStream stream) {
        return printed.getOrDefault(stream, 0L);
    }

    /** By {@link System#nanoTime()}, when something is to be sent; the longest there is if there is nothing. */
    public synchronized long dueNanos() {
        return dueNanos;
    }

    /** What is to be sent next, at most so many bytes; null if the broker has all that there is. */
    public synchronized LogBatch.@Nullable Part next(int maxBytes) throws IOException {
        dueNanos = Long.MAX_VALUE;
        if (refused) {
            return null;
        }
        pieces.seal();
        if (takenPosition == spool.size()) {
            return null;
        }
        byte[] frames = spool.read(takenPosition, Math.max(maxBytes, LogFrame.HEAD_BYTES + LogFrame.LENGTH_MAX));
        int whole = wholeFrames(frames);
        sent = true;
        return new LogBatch.Part(
                jobId, leaseId, takenOffset, whole == frames.length ? frames : Arrays.copyOf(frames, whole));
    }

    /** How many of these bytes are whole pieces. */
    private static int wholeFrames(byte[] frames) throws IOException {
        ByteBuffer read = ByteBuffer.wrap(frames);
        int whole = 0;
        while (read.remaining() >= LogFrame.HEAD_BYTES) {
            LogFrame head = LogFrame.head(read);
            if (read.remaining() < head.length()) {
                break;
            }
            read.position(read.position() + head.length());
            whole = read.position();
        }
        return whole;
    }

    /**
     * The broker has so many bytes of the log: more than before, or fewer, if it lost some.
     *
     * @throws IOException if it claims to have more than there is
     */
    public synchronized void taken(long offset) throws IOException {
        if (offset < takenOffset) {
            takenPosition = 0;
            takenOffset = 0;
        }
        while (takenPosition < spool.size()) {
            LogFrame head = LogFrame.head(ByteBuffer.wrap(spool.read(takenPosition, LogFrame.HEAD_BYTES)));
            if (takenOffset + head.length() > offset) {
                break;
            }
            takenPosition += head.size();
            takenOffset += head.length();
        }
        if (offset > takenOffset && takenPosition == spool.size()) {
            throw new IOException("the broker has %d bytes of a log of %d".formatted(offset, takenOffset));
        }
        if (!over && (takenPosition < spool.size() || pieces.hasOpen())) {
            dueNanos = Math.min(dueNanos, System.nanoTime());
        }
    }

    /** What was handed out by {@link #next} did not arrive. */
    public synchronized void retry() {
        if (!over) {
            dueNanos = System.nanoTime();
        }
    }

    /** The broker wants none of it (any more): nothing more is sent, and nothing said of it in the report. */
    public synchronized void refuse() {
        over = true;
        refused = true;
        dueNanos = Long.MAX_VALUE;
    }

    /** Nothing more is printed, and the log loop has nothing more to send: the rest goes with the report. */
    public synchronized void end() {
        try {
            pieces.end();
        } catch (IOException noDisk) {
            giveUp(noDisk);
        }
        over = true;
        dueNanos = Long.MAX_VALUE;
    }

    /**
     * After the end, what the report says of the log; null if the broker wanted none of it.
     *
     * @param outputBytes of standard output that were printed, likewise of standard error; the report has them if they
     *     are not too many
     */
    public synchronized @Nullable LogReport report(long outputBytes, long errorBytes) {
        if (refused) {
            return null;
        }
        long total = pieces.bytes();
        boolean isInReport = !sent
                && total == outputBytes + errorBytes
                && printed(LogStream.STDOUT) == outputBytes
                && printed(LogStream.STDERR) == errorBytes
                && outputBytes <= Limits.OUTPUT_KEPT_BYTES
                && errorBytes <= Limits.OUTPUT_KEPT_BYTES
                && pieces.order().size() <= Limits.LOG_ORDER_PIECES;
        boolean needsOrder = isInReport && outputBytes > 0 && errorBytes > 0;
        return new LogReport(total, !isInReport, needsOrder ? pieces.order() : List.of());
    }

    /** Keeps it for an agent that comes after a crash of this one. */
    public synchronized void keep() throws IOException {
        spool.keep();
    }

    /** Forgets it. */
    public synchronized void discard() {
        refuse();
        try {
            spool.discard();
        } catch (IOException stays) {
            log.warn("The log of job {} stays on disk: {}", jobId, stays.toString());
        }
    }
}
