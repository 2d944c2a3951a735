package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import java.time.Instant;

/**
 * What the kernel knows of an open file (statx(2)).
 *
 * @param mode permission bits alone
 * @param links names that the file has
 * @param bytes its length, which for a sparse file says little
 * @param modified when its content was changed last; whoever owns the file can set it
 * @param changed when anything of it was changed last; nobody can set it
 */
public record FileStatus(FileKind kind, int mode, long links, long bytes, Instant modified, Instant changed) {
    private static final int STATX_BYTES = 256;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int BASIC_FIELDS = 0x7ff;
    private static final int TYPE_SHIFT = 12;
    private static final int PERMISSIONS = 07777;

    public static FileStatus of(Descriptor file) throws LinuxException {
        return of(file.number(), "", AT_EMPTY_PATH);
    }

    /** Of whatever has that name in the directory; a link is not followed. */
    public static FileStatus ofName(DirectoryDescriptor directory, String name) throws LinuxException {
        return of(directory.descriptor().number(), name, AT_SYMLINK_NOFOLLOW);
    }

    private static FileStatus of(int directory, String name, int flags) throws LinuxException {
        try (Memory result = new Memory(STATX_BYTES)) {
            LinuxException.check("statx", LibC.statx(directory, name, flags, BASIC_FIELDS, result));
            // struct statx is the same on all architectures: nlink at 16, mode at 28, size at 40, ctime 96, mtime 112.
            int mode = result.getShort(28) & 0xffff;
            return new FileStatus(
                    FileKind.of(mode >> TYPE_SHIFT),
                    mode & PERMISSIONS,
                    result.getInt(16) & 0xffffffffL,
                    result.getLong(40),
                    time(result, 112),
                    time(result, 96));
        }
    }

    private static Instant time(Memory result, int offset) {
        return Instant.ofEpochSecond(result.getLong(offset), result.getInt(offset + Long.BYTES));
    }
}
