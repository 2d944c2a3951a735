package io.sandrun.runtime.linux;

import com.sun.jna.Memory;

/** Memory outside the heap that system calls can read and write. One thread at a time; freed by close. */
public final class NativeBuffer implements AutoCloseable {
    private final Memory memory;

    private NativeBuffer(long bytes) {
        memory = new Memory(Math.max(1, bytes));
    }

    public static NativeBuffer ofSize(int bytes) {
        return new NativeBuffer(bytes);
    }

    public static NativeBuffer holding(byte[] content) {
        NativeBuffer buffer = new NativeBuffer(content.length);
        buffer.memory.write(0, content, 0, content.length);
        return buffer;
    }

    /** Puts these bytes at the beginning. */
    public void fill(byte[] bytes, int offset, int count) {
        memory.write(0, bytes, offset, count);
    }

    /** Copies the first bytes. */
    public void copyTo(byte[] bytes, int count) {
        memory.read(0, bytes, 0, count);
    }

    /** A copy of the first bytes. */
    public byte[] first(int count) {
        return memory.getByteArray(0, count);
    }

    Memory memory() {
        return memory;
    }

    @Override
    public void close() {
        memory.close();
    }
}
