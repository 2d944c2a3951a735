package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One open file descriptor and its owner. Closed exactly once, by whoever holds it; close is thread-safe, reading and
 * writing are for one thread at a time. All are close-on-exec from birth.
 */
public final class Descriptor implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    Descriptor(int number) {
        this.number = new AtomicInteger(number);
    }

    /** The number, or -1 (which every system call refuses) when closed. */
    public int number() {
        return number.get();
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /**
     * Reads what is there, up to the buffer's size.
     *
     * @return bytes read; 0 at end of file; -1 when nothing is there yet (non-blocking descriptors)
     */
    public int read(NativeBuffer buffer) throws LinuxException {
        while (true) {
            long count = LibC.read(number(), buffer.memory(), buffer.memory().size());
            if (count >= 0) {
                return (int) count;
            }
            int errno = Native.getLastError();
            if (errno == LinuxException.EAGAIN) {
                return -1;
            }
            if (errno != LinuxException.EINTR) {
                throw new LinuxException("read", errno);
            }
        }
    }

    /**
     * Writes as much as fits now.
     *
     * @return bytes written; 0 when nothing fits yet (non-blocking descriptors); -1 when nobody reads any more
     */
    public int write(NativeBuffer bytes, long offset, long length) throws LinuxException {
        while (true) {
            long count = LibC.write(number(), bytes.memory().share(offset), length);
            if (count >= 0) {
                return (int) count;
            }
            int errno = Native.getLastError();
            if (errno == LinuxException.EAGAIN) {
                return 0;
            }
            if (errno == LinuxException.EPIPE) {
                return -1;
            }
            if (errno != LinuxException.EINTR) {
                throw new LinuxException("write", errno);
            }
        }
    }

    /** Writes the first bytes of a buffer to a file, all of them. */
    public void writeAll(NativeBuffer bytes, long count) throws LinuxException {
        for (long written = 0; written < count; ) {
            written += write(bytes, written, count - written);
        }
    }

    /** Sets who may do what with the file, as the nine bits of chmod(2). */
    public void setMode(int mode) throws LinuxException {
        LinuxException.check("fchmod", LibC.fchmod(number(), mode));
    }

    /** Writes everything of the file system that this is on to its disk, and waits for it (syncfs(2)). */
    public void syncFileSystem() throws LinuxException {
        LinuxException.check("syncfs", LibC.syncfs(number()));
    }

    /** Sets when the file was read and changed last. */
    public void setTimes(long epochSeconds) throws LinuxException {
        try (Memory times = new Memory(4L * Long.BYTES)) {
            times.clear();
            times.setLong(0, epochSeconds);
            times.setLong(2L * Long.BYTES, epochSeconds);
            LinuxException.check("futimens", LibC.futimens(number(), times));
        }
    }

    @Override
    public void close() {
        int open = number.getAndSet(CLOSED);
        if (open != CLOSED) {
            LibC.close(open);
        }
    }

    @Override
    public String toString() {
        return "descriptor " + number();
    }
}
