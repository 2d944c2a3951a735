package io.sandrun.runtime.linux;

import com.sun.jna.Memory;

/** A pipe. The end that stays with us is non-blocking, the end for the other process is an ordinary, blocking one. */
public record Pipe(Descriptor reader, Descriptor writer) implements AutoCloseable {
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_NONBLOCK = 0x800;
    private static final int F_SETFL = 4;
    private static final int F_SETPIPE_SZ = 1031;

    /** A pipe from which we read. */
    public static Pipe toRead() throws LinuxException {
        Pipe pipe = open();
        return pipe.unblock(pipe.reader);
    }

    /** A pipe to which we write. */
    public static Pipe toWrite() throws LinuxException {
        Pipe pipe = open();
        return pipe.unblock(pipe.writer);
    }

    /** Gives a pipe more room; answers whether the kernel did, which limits each user's sum. */
    public static boolean enlarge(Descriptor end, int bytes) {
        return LibC.fcntl(end.number(), F_SETPIPE_SZ, bytes) >= bytes;
    }

    private static Pipe open() throws LinuxException {
        try (Memory ends = new Memory(2 * Integer.BYTES)) {
            LinuxException.check("pipe2", LibC.pipe2(ends, O_CLOEXEC));
            return new Pipe(new Descriptor(ends.getInt(0)), new Descriptor(ends.getInt(Integer.BYTES)));
        }
    }

    private Pipe unblock(Descriptor end) throws LinuxException {
        if (LibC.fcntl(end.number(), F_SETFL, O_NONBLOCK) < 0) {
            LinuxException failure = LinuxException.last("fcntl");
            close();
            throw failure;
        }
        return this;
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }
}
