package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Reads a zip from its first byte to its last, entry by entry as they lie there, and holds the directory at the end
 * against what it has seen: the same entries in the same order at the same places, nothing between them, nothing
 * behind. So no two programs can see two different trees in it, and no entry can lie inside another. One thread.
 */
final class ZipReader {
    private static final int ENTRY = 0x04034b50;
    private static final int SIZES = 0x08074b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int WIDE_END = 0x06064b50;
    private static final int WIDE_END_PLACE = 0x07064b50;
    private static final int END = 0x06054b50;

    private static final int SIGNATURE_BYTES = 4;
    private static final int TYPE_MASK = 0170000;
    private static final int DIRECTORY_TYPE = 0040000;
    private static final int FILE_TYPE = 0100000;
    private static final int LINK_TYPE = 0120000;

    private final Intake intake;
    private final Admission admission;
    private final ArchiveLimits limits;
    private final byte[] buffer = new byte[64 * 1024];
    private final List<ZipEntryHeader> met = new ArrayList<>();
    private long expandedBytes;
    private long nameBytes;

    ZipReader(Intake intake, Admission admission) {
        this.intake = intake;
        this.admission = admission;
        this.limits = admission.limits();
    }

    static boolean begins(Intake intake) throws IOException {
        return intake.require(SIGNATURE_BYTES) && (nextSignature(intake) == ENTRY || nextSignature(intake) == END);
    }

    private static int nextSignature(Intake intake) throws IOException {
        if (!intake.require(SIGNATURE_BYTES)) {
            throw Intake.truncated();
        }
        return (int) LittleEndian.u32(intake.buffer(), intake.bufferStart());
    }

    void read() throws IOException {
        try (Inflation inflation = new Inflation(intake)) {
            while (nextSignature(intake) == ENTRY) {
                readEntry(inflation);
            }
        }
        long directoryStart = intake.position();
        int listed = 0;
        for (; nextSignature(intake) == DIRECTORY; listed++) {
            compare(listed);
        }
        if (listed != met.size()) {
            throw met.get(listed).refused(Fault.INCONSISTENT, "is not listed in the zip's directory");
        }
        new ZipEnd(intake, met.size(), directoryStart).read();
    }

    private void readEntry(Inflation inflation) throws IOException {
        long offset = intake.position();
        intake.skip(SIGNATURE_BYTES);
        ZipEntryHeader header = ZipEntryHeader.readLocal(intake);
        header.check();
        nameBytes += header.name().bytes().length;
        if (nameBytes > ArchiveLimits.NAME_CHARACTERS) {
            throw header.refused(Fault.HEADER_TOO_LARGE, "is one too many for the names that are kept");
        }
        if (header.name().isDirectory()) {
            admission.directory(header.name().bytes());
        } else {
            admission.beginFile(header.name().bytes(), false, header.sizesFollow() ? 0 : header.bytes());
        }
        ZipEntryHeader real = header.isDeflated() ? inflate(header, inflation, offset) : copy(header, offset);
        if (header.sizesFollow()) {
            readSizes(header, real);
        } else if (real.checksum() != header.checksum()
                || real.bytes() != header.bytes()
                || real.compressedBytes() != header.compressedBytes()) {
            throw header.refused(Fault.INCONSISTENT, "does not have the sizes or the checksum that it claims");
        }
        if (!header.name().isDirectory()) {
            admission.endFile();
        }
        met.add(real);
    }

    private ZipEntryHeader inflate(ZipEntryHeader header, Inflation inflation, long offset) throws IOException {
        inflation.begin(header.sizesFollow() ? Long.MAX_VALUE : header.compressedBytes());
        for (int read = inflation.read(buffer, 0, buffer.length);
                read >= 0;
                read = inflation.read(buffer, 0, buffer.length)) {
            expandedBytes += read;
            Expansion.check(expandedBytes, intake.position(), limits, header::refused);
            accept(header, read);
        }
        return header.measured(inflation.checksum(), inflation.inputBytes(), inflation.outputBytes(), offset);
    }

    private ZipEntryHeader copy(ZipEntryHeader header, long offset) throws IOException {
        CRC32 checksum = new CRC32();
        for (long left = header.bytes(); left > 0; ) {
            int read = intake.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw Intake.truncated();
            }
            checksum.update(buffer, 0, read);
            accept(header, read);
            left -= read;
        }
        return header.measured(checksum.getValue(), header.bytes(), header.bytes(), offset);
    }

    private void accept(ZipEntryHeader header, int count) throws IOException {
        if (header.name().isDirectory()) {
            throw header.refused(Fault.INCONSISTENT, "is a directory with a content");
        }
        admission.content(buffer, count);
    }

    /**
     * Checksum and sizes behind the data: with or without a signature, in four bytes or in eight. As they are known by
     * now, the form is the one that says what is true.
     */
    private void readSizes(ZipEntryHeader header, ZipEntryHeader real) throws IOException {
        boolean known = skipSizes(real, true, true)
                || skipSizes(real, true, false)
                || skipSizes(real, false, true)
                || skipSizes(real, false, false);
        boolean mayBeMissing = header.name().isDirectory() && !header.isDeflated();
        if (!known && !mayBeMissing) {
            throw header.refused(
                    Fault.INCONSISTENT, "does not have the sizes or the checksum that stand behind its data");
        }
    }

    private boolean skipSizes(ZipEntryHeader real, boolean isSigned, boolean isWide) throws IOException {
        int signatureBytes = isSigned ? SIGNATURE_BYTES : 0;
        int sizeBytes = isWide ? 8 : 4;
        int length = signatureBytes + 4 + 2 * sizeBytes;
        if (!intake.require(length)) {
            return false;
        }
        int start = intake.bufferStart();
        byte[] bytes = intake.buffer();
        int checksum = start + signatureBytes;
        boolean says = (!isSigned || LittleEndian.u32(bytes, start) == SIZES)
                && LittleEndian.u32(bytes, checksum) == real.checksum()
                && size(bytes, checksum + 4, isWide) == real.compressedBytes()
                && size(bytes, checksum + 4 + sizeBytes, isWide) == real.bytes();
        if (says) {
            intake.skip(length);
        }
        return says;
    }

    private static long size(byte[] bytes, int offset, boolean isWide) {
        return isWide ? LittleEndian.u64(bytes, offset) : LittleEndian.u32(bytes, offset);
    }

    /** Holds the next entry of the directory against the entry that was met at its turn. */
    private void compare(int index) throws IOException {
        intake.skip(SIGNATURE_BYTES);
        ZipEntryHeader listed = ZipEntryHeader.readCentral(intake);
        if (index >= met.size() || !listed.matches(met.get(index))) {
            throw listed.refused(Fault.INCONSISTENT, "is told of differently at the beginning and the end of the zip");
        }
        int mode = listed.place().unixMode();
        int type = mode & TYPE_MASK;
        boolean isDirectory = listed.name().isDirectory();
        if (type == LINK_TYPE) {
            throw listed.refused(Fault.UNSUPPORTED, "is a link, which is not taken from a zip: pack a tar");
        }
        if (type != 0 && type != FILE_TYPE && type != DIRECTORY_TYPE) {
            throw listed.refused(Fault.SPECIAL_FILE, "is a device, a fifo or a socket");
        }
        if (type != 0 && (type == DIRECTORY_TYPE) != isDirectory) {
            throw listed.refused(Fault.INCONSISTENT, "is a file by its name or by its mode, but not by both");
        }
        if (!isDirectory && (mode & 0111) != 0) {
            admission.makeExecutable(EntryPath.read(listed.name().bytes(), limits));
        }
    }

    /** What closes a zip: END, and before it WIDE_END and its place where a number is too large for END. */
    private record ZipEnd(Intake intake, long entries, long directoryStart) {
        private static final long NARROW_COUNT = 0xffff;
        private static final long NARROW_SIZE = 0xffffffffL;

        void read() throws IOException {
            long directoryEnd = intake.position();
            boolean isWide = nextSignature(intake) == WIDE_END;
            if (isWide) {
                readWide(directoryEnd);
            }
            if (nextSignature(intake) != END) {
                throw Intake.damaged("what follows is no part of a zip");
            }
            intake.skip(SIGNATURE_BYTES);
            byte[] end = intake.take(18);
            require(LittleEndian.u16(end, 0) == 0 && LittleEndian.u16(end, 2) == 0);
            requireNumber(LittleEndian.u16(end, 4), entries, isWide, NARROW_COUNT);
            requireNumber(LittleEndian.u16(end, 6), entries, isWide, NARROW_COUNT);
            requireNumber(LittleEndian.u32(end, 8), directoryEnd - directoryStart, isWide, NARROW_SIZE);
            requireNumber(LittleEndian.u32(end, 12), directoryStart, isWide, NARROW_SIZE);
            intake.take(LittleEndian.u16(end, 16));
            if (!intake.isAtEnd()) {
                throw ArchiveRefusedException.archive(Fault.TRAILING_BYTES, "goes on behind its end");
            }
        }

        private void readWide(long directoryEnd) throws IOException {
            intake.skip(SIGNATURE_BYTES);
            long length = LittleEndian.u64(intake.take(8), 0);
            require(length == 44);
            byte[] end = intake.take(44);
            require(LittleEndian.u32(end, 4) == 0 && LittleEndian.u32(end, 8) == 0);
            require(LittleEndian.u64(end, 12) == entries && LittleEndian.u64(end, 20) == entries);
            require(LittleEndian.u64(end, 28) == directoryEnd - directoryStart);
            require(LittleEndian.u64(end, 36) == directoryStart);
            require(nextSignature(intake) == WIDE_END_PLACE);
            intake.skip(SIGNATURE_BYTES);
            byte[] place = intake.take(16);
            require(LittleEndian.u32(place, 0) == 0 && LittleEndian.u64(place, 4) == directoryEnd);
            require(LittleEndian.u32(place, 12) == 1);
        }

        private static void requireNumber(long told, long real, boolean isWide, long narrowest)
                throws ArchiveRefusedException {
            require(told == real || (isWide && told == narrowest));
        }

        private static void require(boolean holds) throws ArchiveRefusedException {
            if (!holds) {
                throw ArchiveRefusedException.archive(
                        Fault.INCONSISTENT, "has a zip directory that does not match its entries");
            }
        }
    }
}
