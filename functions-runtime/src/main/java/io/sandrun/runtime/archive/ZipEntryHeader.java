package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a zip says of one entry, in front of its data or in the directory at the end: both have the same fields in the
 * same order, the directory has some more. Sizes are those of the zip64 field where there is one. Immutable.
 */
record ZipEntryHeader(
        EntryName name, int flags, int method, long checksum, long compressedBytes, long bytes, Place place) {
    /** Bytes of a name, compared by content. */
    @SuppressWarnings("ArrayRecordComponent") // compared by hand
    record EntryName(byte[] bytes) {
        boolean isDirectory() {
            return bytes.length > 0 && bytes[bytes.length - 1] == '/';
        }

        boolean matches(EntryName other) {
            return Arrays.equals(bytes, other.bytes);
        }
    }

    /** What only the directory tells; zeros in front of the data. {@code hasWideSizes}: a zip64 field was there. */
    record Place(long offset, int unixMode, boolean hasWideSizes) {}

    private static final int ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
    private static final int SIZES_FOLLOW = 0x0008;
    private static final int PATCHED = 0x0020;
    private static final int STORED = 0;
    private static final int DEFLATED = 8;
    private static final int LOCAL_BYTES = 26;
    private static final int DIRECTORY_BYTES = 42;
    private static final int WIDE_FIELD = 0x0001;
    private static final long WIDE = 0xffffffffL;
    private static final int UNIX = 3;
    private static final int DARWIN = 19;

    /** Reads what stands in front of an entry's data, behind its signature. */
    static ZipEntryHeader readLocal(Intake intake) throws IOException {
        byte[] fields = intake.take(LOCAL_BYTES);
        byte[] name = intake.take(LittleEndian.u16(fields, 22));
        byte[] extra = intake.take(LittleEndian.u16(fields, 24));
        return sized(fields, 2, name, new Extra(extra, name), 0, 0);
    }

    /** Reads one entry of the directory, behind its signature. */
    static ZipEntryHeader readCentral(Intake intake) throws IOException {
        byte[] fields = intake.take(DIRECTORY_BYTES);
        byte[] name = intake.take(LittleEndian.u16(fields, 24));
        byte[] extra = intake.take(LittleEndian.u16(fields, 26));
        intake.take(LittleEndian.u16(fields, 28));
        if (LittleEndian.u16(fields, 30) != 0) {
            throw ArchiveRefusedException.entry(Fault.UNSUPPORTED, name, "lies in another part of the zip");
        }
        int system = fields[1] & 0xff;
        boolean hasMode = system == UNIX || system == DARWIN;
        int mode = hasMode ? LittleEndian.u16(fields, 36) : 0;
        return sized(fields, 4, name, new Extra(extra, name), LittleEndian.u32(fields, 38), mode);
    }

    private static ZipEntryHeader sized(byte[] fields, int start, byte[] name, Extra extra, long offset, int mode)
            throws ArchiveRefusedException {
        long bytes = extra.widen(LittleEndian.u32(fields, start + 16));
        long compressedBytes = extra.widen(LittleEndian.u32(fields, start + 12));
        return new ZipEntryHeader(
                new EntryName(name),
                LittleEndian.u16(fields, start),
                LittleEndian.u16(fields, start + 2),
                LittleEndian.u32(fields, start + 8),
                compressedBytes,
                bytes,
                new Place(extra.widen(offset), mode, extra.isPresent()));
    }

    /** The zip64 field: eight bytes for each of the numbers that did not fit, in the order in which they are asked. */
    private static final class Extra {
        private final byte[] name;
        private byte[] wide = new byte[0];
        private boolean present;
        private int next;

        Extra(byte[] fields, byte[] name) throws ArchiveRefusedException {
            this.name = name;
            for (int index = 0; index + 4 <= fields.length; ) {
                int length = LittleEndian.u16(fields, index + 2);
                if (index + 4 + length > fields.length) {
                    return; // Some packers leave a rest that is no field.
                }
                if (LittleEndian.u16(fields, index) == WIDE_FIELD) {
                    if (present) {
                        throw ArchiveRefusedException.entry(Fault.INCONSISTENT, name, "has its sizes twice");
                    }
                    wide = Arrays.copyOfRange(fields, index + 4, index + 4 + length);
                    present = true;
                }
                index += 4 + length;
            }
        }

        boolean isPresent() {
            return present;
        }

        long widen(long narrow) throws ArchiveRefusedException {
            if (narrow != WIDE || !present) {
                return narrow;
            }
            if (next + 8 > wide.length || LittleEndian.u64(wide, next) < 0) {
                throw ArchiveRefusedException.entry(Fault.INCONSISTENT, name, "lacks a size that it refers to");
            }
            next += 8;
            return LittleEndian.u64(wide, next - 8);
        }
    }

    /** Refuses what is not read here. */
    void check() throws ArchiveRefusedException {
        if ((flags & ENCRYPTED) != 0) {
            throw refused(Fault.ENCRYPTED, "is encrypted");
        }
        if ((flags & PATCHED) != 0 || (method != STORED && method != DEFLATED)) {
            throw refused(Fault.UNSUPPORTED, "is packed by method " + method + ": only stored and deflated are read");
        }
        if (sizesFollow() && method == STORED && !(name.isDirectory() && compressedBytes == 0 && bytes == 0)) {
            throw refused(Fault.INCONSISTENT, "does not say where it ends");
        }
        if (!sizesFollow() && method == STORED && compressedBytes != bytes) {
            throw refused(Fault.INCONSISTENT, "is stored in another size than its own");
        }
    }

    boolean isDeflated() {
        return method == DEFLATED;
    }

    /** Whether checksum and sizes stand behind the data and may be zeros here. */
    boolean sizesFollow() {
        return (flags & SIZES_FOLLOW) != 0;
    }

    ZipEntryHeader measured(long realChecksum, long realCompressedBytes, long realBytes, long offset) {
        return new ZipEntryHeader(
                name, flags, method, realChecksum, realCompressedBytes, realBytes, new Place(offset, 0, false));
    }

    /** Whether both tell the same. */
    boolean matches(ZipEntryHeader other) {
        return name.matches(other.name)
                && flags == other.flags
                && method == other.method
                && checksum == other.checksum
                && compressedBytes == other.compressedBytes
                && bytes == other.bytes
                && place.offset() == other.place.offset();
    }

    ArchiveRefusedException refused(Fault fault, String why) {
        return ArchiveRefusedException.entry(fault, name.bytes(), why);
    }
}
