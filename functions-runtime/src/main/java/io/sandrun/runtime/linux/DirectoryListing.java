package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.util.Arrays;

/**
 * Goes through a directory's entries as the kernel gives them (getdents64(2)): names are bytes, the order means
 * nothing, "." and ".." are left out. Memory does not grow with the directory. One thread; does not close the
 * directory.
 */
public final class DirectoryListing implements AutoCloseable {
    /** One name. It may be gone, or be something else, by the time it is opened. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of a guest: never compared, never a key
    public record Entry(byte[] name, FileKind kind) {}

    /** struct linux_dirent64: inode and offset of eight bytes each, record length of two, type of one, name. */
    private static final int RECORD_LENGTH = 16;

    private static final int TYPE = 18;
    private static final int NAME = 19;
    private static final int BUFFER_BYTES = 32 * 1024;

    private final Descriptor directory;
    private final Memory buffer = new Memory(BUFFER_BYTES);
    private long next;
    private long end;
    private byte[] name = new byte[0];
    private FileKind kind = FileKind.UNKNOWN;

    public DirectoryListing(DirectoryDescriptor directory) {
        this.directory = directory.descriptor();
    }

    /**
     * Goes on to the next entry.
     *
     * @return false at the end
     */
    public boolean next() throws LinuxException {
        do {
            if (next == end && !fill()) {
                return false;
            }
            int length = buffer.getShort(next + RECORD_LENGTH) & 0xffff;
            byte[] padded = buffer.getByteArray(next + NAME, length - NAME);
            name = Arrays.copyOf(padded, lengthOfText(padded));
            kind = FileKind.of(buffer.getByte(next + TYPE));
            next += length;
        } while (isOwn());
        return true;
    }

    private boolean fill() throws LinuxException {
        long count = LibC.getdents64(directory.number(), buffer, BUFFER_BYTES);
        if (count < 0) {
            throw new LinuxException("getdents64", Native.getLastError());
        }
        next = 0;
        end = count;
        return count > 0;
    }

    private static int lengthOfText(byte[] padded) {
        int length = 0;
        while (length < padded.length && padded[length] != 0) {
            length++;
        }
        return length;
    }

    private boolean isOwn() {
        return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
    }

    public Entry entry() {
        return new Entry(name, kind);
    }

    @Override
    public void close() {
        buffer.close();
    }
}
