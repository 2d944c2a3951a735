package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.file.Path;

/**
 * A directory that is reached by its descriptor alone. Every path is resolved beneath it and through no link
 * (openat2(2)), so what lies in it cannot lead anywhere else.
 */
public final class DirectoryDescriptor implements AutoCloseable {
    /** What is left of a file system. {@code usedBytes} is exact for tmpfs. */
    public record Space(long freeBlocks, long freeInodes, long usedBytes) {}

    private static final long OPENAT2 = 437;
    private static final int OPEN_HOW_BYTES = 24;
    private static final long O_RDONLY = 0;
    private static final long O_WRONLY = 1;
    private static final long O_CREAT = 0x40;
    private static final long O_EXCL = 0x80;
    private static final long O_NOCTTY = 0x100;
    private static final long O_NONBLOCK = 0x800;
    private static final long O_CLOEXEC = 0x80000;
    /** RESOLVE_NO_XDEV, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS and RESOLVE_BENEATH. */
    private static final long RESOLVE_STRICTLY = 0x1 | 0x2 | 0x4 | 0x8;

    private static final int AT_FDCWD = -100;
    /** PATH_MAX: no link says more. */
    private static final int LINK_BYTES = 4096;

    private static final int STATFS_BYTES = 256;
    private static final int EXECUTABLE_MODE = 0755;
    private static final int FILE_MODE = 0644;
    private static final int DIRECTORY_MODE = 0755;

    private final Descriptor directory;

    public DirectoryDescriptor(Descriptor directory) {
        this.directory = directory;
    }

    /** A directory of the agent's own, whose path is trusted. */
    public static DirectoryDescriptor ofHost(Path path) throws LinuxException {
        return new DirectoryDescriptor(open(AT_FDCWD, path.toString(), O_RDONLY | Open.DIRECTORY, 0, 0));
    }

    /** The directory itself. */
    public Descriptor descriptor() {
        return directory;
    }

    /** Makes the directory and its parents; those that exist are left as they are. */
    public void makeDirectories(String path) throws LinuxException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            makeDirectory(path.substring(0, slash));
        }
        makeDirectory(path);
    }

    /** Makes a directory whose parent exists; one that exists is left as it is. */
    public void makeDirectory(String path) throws LinuxException {
        inParent(path, (parent, name) -> {
            if (LibC.mkdirat(parent, name, DIRECTORY_MODE) < 0 && Native.getLastError() != LinuxException.EEXIST) {
                throw LinuxException.last("mkdirat " + path);
            }
        });
    }

    /** Makes a link that says {@code target}, whatever that means. */
    public void makeSymbolicLink(String path, String target) throws LinuxException {
        inParent(
                path,
                (parent, name) -> LinuxException.check("symlinkat " + path, LibC.symlinkat(target, parent, name)));
    }

    /** Gives a file one more name. */
    public void makeHardLink(String path, String existing) throws LinuxException {
        inParent(
                existing,
                (fromParent, fromName) -> inParent(
                        path,
                        (parent, name) -> LinuxException.check(
                                "linkat " + path, LibC.linkat(fromParent, fromName, parent, name, 0))));
    }

    /** Something that is done to a name in a directory. */
    private interface InDirectory {
        void act(int parent, String name) throws LinuxException;
    }

    /** System calls that resolve paths themselves would follow links in the middle: they get a bare name. */
    private void inParent(String path, InDirectory action) throws LinuxException {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            action.act(directory.number(), path);
            return;
        }
        try (Descriptor parent = openBeneath(path.substring(0, slash), Open.PATH_OF_DIRECTORY, 0)) {
            action.act(parent.number(), path.substring(slash + 1));
        }
    }

    /** Writes a new file whose parent exists. */
    public void writeFile(String path, byte[] content, boolean executable) throws LinuxException {
        try (Descriptor file = createFile(path, executable);
                NativeBuffer bytes = NativeBuffer.holding(content)) {
            file.writeAll(bytes, content.length);
        }
    }

    /** Opens a new file whose parent exists for writing. */
    public Descriptor createFile(String path, boolean executable) throws LinuxException {
        return openBeneath(path, O_WRONLY | O_CREAT | O_EXCL, executable ? EXECUTABLE_MODE : FILE_MODE);
    }

    /** Makes a file executable for all. */
    public void makeExecutable(String path) throws LinuxException {
        try (Descriptor file = openForReading(path)) {
            LinuxException.check("fchmod " + path, LibC.fchmod(file.number(), EXECUTABLE_MODE));
        }
    }

    /** Sets when a file was read and changed last. */
    public void setTimes(String path, long epochSeconds) throws LinuxException {
        try (Descriptor file = openForReading(path)) {
            file.setTimes(epochSeconds);
        }
    }

    /**
     * Opens what is there for reading, without waiting for anything: a fifo opens too, and is then told by its kind.
     */
    public Descriptor openForReading(String path) throws LinuxException {
        return openBeneath(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    }

    /** Opens a directory in this one. */
    public DirectoryDescriptor openDirectory(String path) throws LinuxException {
        return new DirectoryDescriptor(openBeneath(path, O_RDONLY | Open.DIRECTORY | O_NONBLOCK, 0));
    }

    /** What a link in this directory says. */
    public byte[] readSymbolicLink(String name) throws LinuxException {
        try (Memory target = new Memory(LINK_BYTES)) {
            long count = LibC.readlinkat(directory.number(), name, target, LINK_BYTES);
            LinuxException.check("readlinkat " + name, (int) count);
            return target.getByteArray(0, (int) count);
        }
    }

    private Descriptor openBeneath(String path, long flags, int mode) throws LinuxException {
        return open(directory.number(), path, flags | Open.NOFOLLOW, mode, RESOLVE_STRICTLY);
    }

    private static Descriptor open(int directory, String path, long flags, int mode, long resolve)
            throws LinuxException {
        try (Memory how = new Memory(OPEN_HOW_BYTES)) {
            how.setLong(0, flags | O_CLOEXEC);
            how.setLong(8, mode);
            how.setLong(16, resolve);
            long number = LibC.syscall(OPENAT2, directory, path, how, OPEN_HOW_BYTES);
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

    /** Flags of open(2) that differ between architectures. */
    private static final class Open {
        private static final boolean IS_ARM = System.getProperty("os.arch", "").equals("aarch64");
        static final long DIRECTORY = IS_ARM ? 0x4000 : 0x10000;
        static final long NOFOLLOW = IS_ARM ? 0x8000 : 0x20000;
        static final long PATH_OF_DIRECTORY = 0x200000 | DIRECTORY;
    }
}
