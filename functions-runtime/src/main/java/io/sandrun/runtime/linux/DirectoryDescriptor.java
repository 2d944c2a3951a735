package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;

/**
 * A directory that is reached by its descriptor alone. Every path is resolved beneath it and through no link
 * (openat2(2)), so what lies in it cannot lead anywhere else.
 */
public final class DirectoryDescriptor implements AutoCloseable {
    /** What is left of a file system. {@code usedBytes} is exact for tmpfs. */
    public record Space(long freeBlocks, long freeInodes, long usedBytes) {}

    private static final long OPENAT2 = 437;
    private static final int OPEN_HOW_BYTES = 24;
    private static final long O_WRONLY = 1;
    private static final long O_CREAT = 0x40;
    private static final long O_EXCL = 0x80;
    private static final long O_CLOEXEC = 0x80000;
    /** RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS and RESOLVE_BENEATH. */
    private static final long RESOLVE_STRICTLY = 0x1 | 0x2 | 0x4 | 0x8;

    private static final int STATFS_BYTES = 256;
    private static final int EXECUTABLE_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final int DIRECTORY_MODE = 0755;

    private final Descriptor directory;

    public DirectoryDescriptor(Descriptor directory) {
        this.directory = directory;
    }

    /** Makes the directory and its parents; those that exist are left as they are. */
    public void makeDirectories(String path) throws LinuxException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            makeDirectory(path.substring(0, slash));
        }
        makeDirectory(path);
    }

    private void makeDirectory(String path) throws LinuxException {
        if (LibC.mkdirat(directory.number(), path, DIRECTORY_MODE) < 0) {
            int errno = Native.getLastError();
            if (errno != LinuxException.EEXIST) {
                throw new LinuxException("mkdirat " + path, errno);
            }
        }
    }

    /** Writes a new file whose parent exists. */
    public void writeFile(String path, byte[] content, boolean executable) throws LinuxException {
        int mode = executable ? EXECUTABLE_MODE : FILE_MODE;
        try (Descriptor file = openBeneath(path, O_WRONLY | O_CREAT | O_EXCL, mode)) {
            writeAll(file, content);
        }
    }

    private static void writeAll(Descriptor file, byte[] content) throws LinuxException {
        try (NativeBuffer bytes = NativeBuffer.holding(content)) {
            for (long written = 0; written < content.length; ) {
                written += file.write(bytes, written, content.length - written);
            }
        }
    }

    private Descriptor openBeneath(String path, long flags, int mode) throws LinuxException {
        try (Memory how = new Memory(OPEN_HOW_BYTES)) {
            how.setLong(0, flags | O_CLOEXEC);
            how.setLong(8, mode);
            how.setLong(16, RESOLVE_STRICTLY);
            long number = LibC.syscall(OPENAT2, directory.number(), path, how, OPEN_HOW_BYTES);
            return new Descriptor(LinuxException.check("openat2 " + path, (int) number));
        }
    }

    /** How full the directory's file system is. */
    public Space space() throws LinuxException {
        try (Memory result = new Memory(STATFS_BYTES)) {
            LinuxException.check("fstatfs", LibC.fstatfs(directory.number(), result));
            // struct statfs of the 64-bit ABIs: type, bsize, blocks, bfree, bavail, files, ffree: eight bytes each.
            long blockBytes = result.getLong(8);
            long blocks = result.getLong(16);
            long free = result.getLong(24);
            return new Space(free, result.getLong(48), (blocks - free) * blockBytes);
        }
    }

    @Override
    public void close() {
        directory.close();
    }
}
