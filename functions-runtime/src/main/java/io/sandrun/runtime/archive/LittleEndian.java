package io.sandrun.runtime.archive;

/** Unsigned numbers, lowest byte first, as gzip and zip have them. Pure functions. */
final class LittleEndian {
    private LittleEndian() {}

    static int u16(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) | (bytes[offset + 1] & 0xff) << 8;
    }

    static long u32(byte[] bytes, int offset) {
        return u16(bytes, offset) | (long) u16(bytes, offset + 2) << 16;
    }

    /** A negative result is more than any archive has. */
    static long u64(byte[] bytes, int offset) {
        return u32(bytes, offset) | u32(bytes, offset + 4) << 32;
    }
}
