package io.sandrun.runtime.proxy;

import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.NativeBuffer;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.TcpSocket;
import io.sandrun.runtime.linux.Wakeup;

/** Carries bytes between two connections until both directions have ended, or nothing moves. One thread. */
final class Tunnel implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Poll poll;
    private final Wakeup stop;
    private final Traffic traffic;
    private final int idleMs;
    private final Flow up;
    private final Flow down;

    /** One direction, with what was read and not yet written. */
    private static final class Flow implements AutoCloseable {
        private final Descriptor from;
        private final Descriptor to;
        private final NativeBuffer buffer = NativeBuffer.ofSize(BUFFER_BYTES);
        private int offset;
        private int pending;
        private boolean isOpen = true;
        private int place;

        Flow(Descriptor from, Descriptor to) {
            this.from = from;
            this.to = to;
        }

        void watch(Poll poll) {
            if (isOpen) {
                place = pending > 0 ? poll.watchForRoom(to) : poll.watch(from);
            }
        }

        /** Moves what can be moved without waiting; answers whether anything was. */
        boolean move(Poll poll, Traffic traffic) throws LinuxException {
            if (!isOpen || !poll.isReady(place)) {
                return false;
            }
            if (pending == 0) {
                offset = 0;
                int count = from.read(buffer);
                if (count == 0) {
                    isOpen = false;
                    TcpSocket.endOutput(to);
                    return true;
                }
                pending = Math.max(count, 0);
                if (!traffic.pass(pending)) {
                    throw new EndException();
                }
            }
            return write();
        }

        private boolean write() throws LinuxException {
            if (pending == 0) {
                return false;
            }
            int written = to.write(buffer, offset, pending);
            if (written < 0) {
                throw new EndException();
            }
            offset += written;
            pending -= written;
            return written > 0;
        }

        @Override
        public void close() {
            buffer.close();
        }
    }

    /** Both connections are of no use any more. */
    private static final class EndException extends RuntimeException {
        EndException() {
            super(null, null, false, false);
        }
    }

    /**
     * @param stop ends it when it was woken
     * @param idleMs how long nothing may move
     */
    Tunnel(Descriptor inside, Descriptor outside, Wakeup stop, Traffic traffic, int idleMs) {
        this.poll = new Poll();
        this.stop = stop;
        this.traffic = traffic;
        this.idleMs = idleMs;
        this.up = new Flow(inside, outside);
        this.down = new Flow(outside, inside);
    }

    /** Puts bytes before those that come from the inside. */
    void sendFirst(byte[] bytes) {
        if (bytes.length > BUFFER_BYTES) {
            throw new IllegalArgumentException("more than fits");
        }
        up.buffer.fill(bytes, 0, bytes.length);
        up.pending = bytes.length;
    }

    /** Nothing that comes from the inside after what was put first is carried. */
    void listenOnly() throws LinuxException {
        long deadlineNanos = System.nanoTime() + idleMs * 1_000_000L;
        while (up.pending > 0) {
            poll.clear();
            int stopped = poll.watch(stop.descriptor());
            up.watch(poll);
            poll.await(idleMs);
            if (poll.isReady(stopped) || System.nanoTime() > deadlineNanos) {
                up.isOpen = false;
                down.isOpen = false;
                return;
            }
            up.move(poll, traffic);
        }
        up.isOpen = false;
    }

    /** Carries on until the end. */
    void run() throws LinuxException {
        try {
            while (up.isOpen || down.isOpen) {
                poll.clear();
                int stopped = poll.watch(stop.descriptor());
                up.watch(poll);
                down.watch(poll);
                poll.await(idleMs);
                if (poll.isReady(stopped)) {
                    return;
                }
                boolean hasGoneUp = up.move(poll, traffic);
                boolean hasComeDown = down.move(poll, traffic);
                if (!hasGoneUp && !hasComeDown) {
                    return;
                }
            }
        } catch (EndException end) {
            // Whoever waits on the other side sees the end of the connection.
        }
    }

    @Override
    public void close() {
        poll.close();
        up.close();
        down.close();
    }
}
