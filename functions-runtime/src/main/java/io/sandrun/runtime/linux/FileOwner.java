package io.sandrun.runtime.linux;

/**
 * The identity under which the current thread makes files, for as long as this is open (setfsuid(2)).
 *
 * <p>A file system that belongs to a user namespace refuses new files of an owner that the namespace does not map, and
 * host root is not mapped: so root makes a job's files as the job. Only this thread's identity for files changes. It
 * must be closed by the thread that opened it, before anything else is done with files.
 */
public final class FileOwner implements AutoCloseable {
    private static final int PR_SET_DUMPABLE = 4;
    private static final int QUERY = -1;

    private final boolean assumed;

    private FileOwner(boolean assumed) {
        this.assumed = assumed;
    }

    /** Leaves everything as it is: for an agent whose own id is the job's. */
    public static FileOwner unchanged() {
        return new FileOwner(false);
    }

    /** Needs root. */
    public static FileOwner assume(int uid, int gid) throws LinuxException {
        FileOwner owner = new FileOwner(true);
        LibC.setfsgid(gid);
        LibC.setfsuid(uid);
        if (LibC.setfsgid(QUERY) != gid || LibC.setfsuid(QUERY) != uid) {
            owner.close();
            throw new LinuxException("setfsuid", LinuxException.EPERM);
        }
        return owner;
    }

    @Override
    public void close() {
        if (assumed) {
            LibC.setfsuid(0);
            LibC.setfsgid(0);
            // The kernel takes a change of identity as a reason to keep debuggers out of the whole process.
            LibC.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        }
    }
}
