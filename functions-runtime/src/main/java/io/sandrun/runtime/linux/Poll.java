package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One wait for several descriptors (poll(2)). Single-threaded. Places are numbered in the order of {@link #watch}; a
 * closed descriptor or a place that is turned off is simply never ready.
 */
public final class Poll implements AutoCloseable {
    private static final int ENTRY_BYTES = 8;
    private static final int ENTRIES = 8;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int EVENTS_OFFSET = 4;
    private static final int RESULT_OFFSET = 6;

    private final Memory entries = new Memory((long) ENTRIES * ENTRY_BYTES);
    private final List<@Nullable Descriptor> watched = new ArrayList<>();

    /** Watches for input (end of file counts as input). Returns the place. */
    public int watch(Descriptor descriptor) {
        return add(descriptor, POLLIN);
    }

    /** Watches for room to write, or for the reader's absence. Returns the place. */
    public int watchForRoom(Descriptor descriptor) {
        return add(descriptor, POLLOUT);
    }

    private int add(Descriptor descriptor, short events) {
        if (watched.size() == ENTRIES) {
            throw new IllegalStateException("more than " + ENTRIES + " descriptors to poll");
        }
        int place = watched.size();
        watched.add(descriptor);
        entries.setShort((long) place * ENTRY_BYTES + EVENTS_OFFSET, events);
        // The memory is whatever was there before: nothing is ready until the kernel has said so.
        entries.setShort((long) place * ENTRY_BYTES + RESULT_OFFSET, (short) 0);
        return place;
    }

    /** Leaves a place out from now on. */
    public void ignore(int place) {
        watched.set(place, null);
    }

    /** Watches nothing any more; places are numbered from the beginning again. */
    public void clear() {
        watched.clear();
    }

    /** Waits until something is ready or the time is over; a signal may end the wait early. */
    public void await(int timeoutMs) throws LinuxException {
        for (int place = 0; place < watched.size(); place++) {
            Descriptor descriptor = watched.get(place);
            entries.setInt((long) place * ENTRY_BYTES, descriptor == null ? -1 : descriptor.number());
            entries.setShort((long) place * ENTRY_BYTES + RESULT_OFFSET, (short) 0);
        }
        if (LibC.poll(entries, watched.size(), timeoutMs) < 0) {
            int errno = Native.getLastError();
            if (errno != LinuxException.EINTR) {
                throw new LinuxException("poll", errno);
            }
        }
    }

    /** Whether anything (input, room, end, error) was seen at the place by the last {@link #await}. */
    public boolean isReady(int place) {
        return entries.getShort((long) place * ENTRY_BYTES + RESULT_OFFSET) != 0;
    }

    @Override
    public void close() {
        entries.close();
    }
}
