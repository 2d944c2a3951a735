package io.sandrun.runtime.linux;

import com.sun.jna.Native;
import java.io.IOException;

/** A system call that failed: its name and errno. */
public final class LinuxException extends IOException {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int ENXIO = 6;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int EMFILE = 24;
    public static final int ENOSPC = 28;
    public static final int EPIPE = 32;
    public static final int ELOOP = 40;
    public static final int ECONNABORTED = 103;
    public static final int ETIMEDOUT = 110;
    public static final int EINPROGRESS = 115;

    private final int errno;

    LinuxException(String call, int errno) {
        super(call + ": " + describe(errno));
        this.errno = errno;
    }

    /** The failure of the call that this thread made last. */
    static LinuxException last(String call) {
        return new LinuxException(call, Native.getLastError());
    }

    /** A call that was given up. */
    public static LinuxException timedOut(String call) {
        return new LinuxException(call, ETIMEDOUT);
    }

    /** Checks a call's result, which is negative on failure. */
    static int check(String call, int result) throws LinuxException {
        if (result < 0) {
            throw last(call);
        }
        return result;
    }

    public int errno() {
        return errno;
    }

    /** The C library's sentence for an errno, for example "No such file or directory". */
    public static String describe(int errno) {
        return LibC.strerror(errno);
    }
}
