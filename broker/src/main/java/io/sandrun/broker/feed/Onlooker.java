package io.sandrun.broker.feed;

import io.sandrun.broker.log.LogSink;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One who looks on. Has a short queue of what is not sent yet; when that is full, the other side takes too little and
 * is cut off. Thread-safe.
 */
public final class Onlooker {
    /** Some fifteen seconds of what comes, beside what the network holds. */
    private static final int WAITING_MAX = 64;

    private final @Nullable String sees;
    private final LogSink sink;
    private final Queue<String> waiting = new ArrayDeque<>();
    private boolean isSending;
    private boolean isOver;

    /** @param sees whose jobs alone it may know of; null for everybody's */
    Onlooker(@Nullable String sees, LogSink sink) {
        this.sees = sees;
        this.sink = sink;
    }

    @Nullable
    String sees() {
        return sees;
    }

    void tell(String event) {
        boolean isFull;
        synchronized (this) {
            if (isOver) {
                return;
            }
            isFull = waiting.size() >= WAITING_MAX;
            isOver = isFull;
            waiting.add(event);
        }
        if (isFull) {
            sink.drop();
        } else {
            goOn();
        }
    }

    private void goOn() {
        String next;
        synchronized (this) {
            if (isSending || isOver) {
                return;
            }
            next = waiting.poll();
            if (next == null) {
                return;
            }
            isSending = true;
        }
        sink.send(next, this::sent);
    }

    private void sent(@Nullable Throwable failure) {
        synchronized (this) {
            isSending = false;
            isOver |= failure != null;
        }
        if (failure == null) {
            goOn();
        } else {
            sink.drop();
        }
    }

    /** The broker stops. */
    void end() {
        synchronized (this) {
            isOver = true;
        }
        sink.end(LogSink.End.STOPPING);
    }
}
