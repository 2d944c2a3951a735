package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Pipe;
import io.sandrun.runtime.linux.Poll;
import java.util.concurrent.TimeUnit;

/**
 * One output stream in the run loop's poll. While its bytes are kept, every write is an event. What follows is only
 * counted, so it is taken by the pipeful and at a pace: a program that prints without end then waits most of its time,
 * and neither it nor its reader takes the processors from the neighbours. One thread.
 */
final class OutputTap {
    /** With {@link #PIPE_BYTES} some 50 MiB a second: beyond what anybody prints on purpose. */
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What Linux lets any user give one pipe. */
    private static final int PIPE_BYTES = 1 << 20;

    private final Poll poll;
    private final Descriptor reader;
    private final StreamCapture capture;
    private final int place;
    private boolean isOpen = true;
    private boolean isPaced;
    private long nextNanos;

    OutputTap(Poll poll, Descriptor reader, StreamCapture capture) {
        this.poll = poll;
        this.reader = reader;
        this.capture = capture;
        this.place = poll.watch(reader);
    }

    boolean isOpen() {
        return isOpen;
    }

    /** Nanoseconds until it is to be looked at without an event; the longest there are while events tell. */
    long remainingNanos(long nowNanos) {
        return isPaced && isOpen ? nextNanos - nowNanos : Long.MAX_VALUE;
    }

    /** Takes what it is time to take; at most a pipeful, so that the loop comes round to its other duties. */
    void drain(NativeBuffer buffer, long nowNanos) throws LinuxException {
        if (isOpen && isPaced && nowNanos >= nextNanos) {
            nextNanos = nowNanos + PACE_NANOS;
            int left = PIPE_BYTES;
            int count = take(buffer);
            while (count > 0 && left > count) {
                left -= count;
                count = take(buffer);
            }
        } else if (isOpen && !isPaced && poll.isReady(place)) {
            take(buffer);
            if (isOpen && capture.isFull() && Pipe.enlarge(reader, PIPE_BYTES)) {
                poll.ignore(place);
                isPaced = true;
                nextNanos = nowNanos + PACE_NANOS;
            }
        }
    }

    private int take(NativeBuffer buffer) throws LinuxException {
        int count = capture.read(buffer);
        if (count == 0) {
            close();
        }
        return count;
    }

    /** From now on nothing is read: left in the pipe, it blocks whoever prints on. */
    void close() {
        poll.ignore(place);
        isOpen = false;
    }
}
