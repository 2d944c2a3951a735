package io.sandrun.node.log;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of bytes that only grows: in memory while it is short, in a file from then on. The file is not flushed:
 * what it is for outlives a broker's outage, and a crash of the agent only after {@link #keep}. Not thread-safe.
 */
public final class LogSpool implements AutoCloseable {
    /** Above what most jobs print, and little enough that every slot may have it. */
    static final int MEMORY_BYTES = 256 * 1024;

    private final Path file;
    private byte @Nullable [] memory;

    /** Not a channel, which an interrupt of one of its readers would close. */
    private @Nullable RandomAccessFile disk;

    private long size;

    private LogSpool(Path file, @Nullable RandomAccessFile disk, long size) {
        this.file = file;
        this.disk = disk;
        this.size = size;
        this.memory = disk == null ? new byte[0] : null;
    }

    /** @param file where it goes when it is long; made only then */
    public static LogSpool fresh(Path file) {
        return new LogSpool(file, null, 0);
    }

    /** One that was {@linkplain #keep kept}, maybe by an earlier agent. */
    public static LogSpool kept(Path file) throws IOException {
        RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw");
        return new LogSpool(file, disk, disk.length());
    }

    long size() {
        return size;
    }

    void append(byte[] bytes) throws IOException {
        byte[] small = memory;
        if (small != null && size + bytes.length <= MEMORY_BYTES) {
            int end = (int) size + bytes.length;
            if (end > small.length) {
                small = Arrays.copyOf(small, Math.min(MEMORY_BYTES, Math.max(2 * small.length, end)));
                memory = small;
            }
            System.arraycopy(bytes, 0, small, (int) size, bytes.length);
        } else {
            RandomAccessFile target = onDisk();
            target.seek(size);
            target.write(bytes);
        }
        size += bytes.length;
    }

    /** Copies what is there from a position on, at most {@code count} bytes. */
    byte[] read(long position, int count) throws IOException {
        byte[] copy = new byte[(int) Math.min(count, size - position)];
        if (disk != null) {
            disk.seek(position);
            disk.readFully(copy);
        } else if (memory != null) {
            System.arraycopy(memory, (int) position, copy, 0, copy.length);
        }
        return copy;
    }

    /** From now on it outlives a crash of the agent and of the machine. */
    void keep() throws IOException {
        onDisk().getFD().sync();
    }

    private RandomAccessFile onDisk() throws IOException {
        if (disk == null) {
            RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw");
            disk = made;
            made.setLength(0);
            if (memory != null) {
                made.write(memory, 0, (int) size);
                memory = null;
            }
        }
        return disk;
    }

    /** Forgets all of it. */
    void discard() throws IOException {
        boolean hasFile = disk != null;
        close();
        if (hasFile) {
            Files.deleteIfExists(file);
        }
    }

    @Override
    public void close() throws IOException {
        if (disk != null) {
            disk.close();
        }
        memory = null;
    }
}
