package io.sandrun.runtime.linux;

import com.sun.jna.Memory;

/** An eventfd: any thread wakes, one thread polls. Thread-safe. */
public final class Wakeup implements AutoCloseable {
    private static final int EFD_CLOEXEC = 0x80000;
    private static final int EFD_NONBLOCK = 0x800;

    private final Descriptor descriptor;

    private Wakeup(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    public static Wakeup open() throws LinuxException {
        return new Wakeup(new Descriptor(LinuxException.check("eventfd", LibC.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))));
    }

    /** Ready for input after {@link #wake}. */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** Wakes the poller; one that is closed already is not woken. */
    public synchronized void wake() {
        if (!descriptor.isOpen()) {
            return;
        }
        try (Memory one = new Memory(Long.BYTES)) {
            one.setLong(0, 1);
            LibC.write(descriptor.number(), one, Long.BYTES);
        }
    }

    public synchronized boolean isOpen() {
        return descriptor.isOpen();
    }

    @Override
    public synchronized void close() {
        descriptor.close();
    }
}
