package io.sandrun.broker.log;

import io.sandrun.broker.store.JobRow;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One who watches a log: has a place of its own in it, reads on when the last message has left, and holds no more than
 * one step of text. It is moved on by news of its job and by messages that have left, never by two threads at once.
 */
public final class LogWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LogWatch.class);

    /** Of one step: enough to go fast, little enough for thousands of watchers. */
    private static final int STEP_BYTES = 32 * 1024;

    private final LogWish wish;
    private final LogDesk desk;
    private final LogFormat format;
    private final LogSink sink;
    private final Executor executor;
    private final AtomicInteger wakeUps = new AtomicInteger();
    private final Queue<String> messages = new ArrayDeque<>();

    private int attempt;
    private boolean begun;
    private @Nullable Frames log;
    private @Nullable LogReader reader;
    private @Nullable LogText text;
    private LogSink.@Nullable End end;
    private volatile boolean sending;
    private volatile boolean over;
    private volatile boolean isQuiet;

    /** When the last message was handed over. */
    private volatile long sendingSinceNanos = System.nanoTime();

    LogWatch(LogWish wish, LogDesk desk, LogFormat format, LogSink sink, Executor executor) {
        this.wish = wish;
        this.desk = desk;
        this.format = format;
        this.sink = sink;
        this.executor = executor;
        this.attempt = Math.max(0, wish.attempt() - 1);
    }

    String jobId() {
        return wish.jobId();
    }

    /** There may be something to do. */
    void wake() {
        if (wakeUps.getAndIncrement() == 0) {
            try {
                executor.execute(this::run);
            } catch (RejectedExecutionException stopping) {
                over = true;
            }
        }
    }

    private void run() {
        int seen;
        do {
            seen = wakeUps.get();
            try {
                step();
            } catch (IOException | RuntimeException failed) {
                LOG.warn("A watcher of job {} is sent away: {}", wish.jobId(), failed.toString());
                finish(LogSink.End.FAILED);
            }
        } while (wakeUps.addAndGet(-seen) > 0);
    }

    private void step() throws IOException {
        if (isQuiet && messages.isEmpty()) {
            messages.addAll(format.keepAlive());
        }
        isQuiet = false;
        while (!over && !sending) {
            String message = messages.poll();
            if (message != null) {
                sendingSinceNanos = System.nanoTime();
                sending = true;
                sink.send(message, this::sent);
            } else if (end != null) {
                finish(end);
            } else if (!fill()) {
                return;
            }
        }
        if (over) {
            detach();
        }
    }

    private void sent(@Nullable Throwable failure) {
        if (failure != null) {
            over = true;
        }
        sending = false;
        wake();
    }

    /** Whether there is something to send now, or to look at again. */
    private boolean fill() throws IOException {
        Frames present = log;
        LogReader place = reader;
        LogText unfinished = text;
        if (present == null || place == null || unfinished == null) {
            return attach();
        }
        boolean isWhole = present.isWhole();
        List<LogReader.Piece> pieces = place.next(STEP_BYTES);
        if (!pieces.isEmpty()) {
            messages.addAll(format.of(attempt, unfinished.of(pieces)));
            return true;
        }
        if (isWhole) {
            messages.addAll(format.of(attempt, unfinished.end()));
            detach();
        }
        return isWhole;
    }

    /** Goes to the log of the next attempt, or finds that there will be none. */
    private boolean attach() {
        Optional<LogDesk.Look> look = desk.look(wish.jobId());
        if (look.isEmpty()) {
            end = LogSink.End.FORGOTTEN;
            return true;
        }
        JobRow job = look.get().job();
        if (!begun) {
            begun = true;
            messages.addAll(format.begin(job));
        }
        Frames found = look.get().log();
        if (found != null && found.attempt() > attempt) {
            boolean isWished = attempt == Math.max(0, wish.attempt() - 1)
                    && (wish.attempt() == 0 || wish.attempt() == found.attempt());
            attempt = found.attempt();
            log = found;
            reader = new LogReader(found, wish.stream(), isWished ? wish.offset() : 0);
            text = new LogText();
            return true;
        }
        if (found != null) {
            found.close();
        }
        if (job.state().isFinal()) {
            messages.addAll(format.end(job));
            end = LogSink.End.JOB_ENDED;
        }
        return end != null || !messages.isEmpty();
    }

    private void detach() {
        Frames left = log;
        log = null;
        reader = null;
        text = null;
        if (left != null) {
            left.close();
        }
    }

    private void finish(LogSink.End why) {
        over = true;
        sink.end(why);
        detach();
    }

    /** Nobody is there any more. */
    void gone() {
        over = true;
        wake();
    }

    /** The broker stops. */
    void stop() {
        if (!over) {
            over = true;
            sink.end(LogSink.End.STOPPING);
        }
        wake();
    }

    /** Says that it is still there if nothing was sent for so long. */
    void keepAlive(long nowNanos, long quietNanos) {
        if (!sending && nowNanos - sendingSinceNanos > quietNanos) {
            isQuiet = true;
            wake();
        }
    }

    /** Whether a message is on its way for longer than this. */
    boolean isStalled(long nowNanos, long patienceNanos) {
        return sending && nowNanos - sendingSinceNanos > patienceNanos;
    }

    void drop() {
        over = true;
        sink.drop();
        wake();
    }
}
