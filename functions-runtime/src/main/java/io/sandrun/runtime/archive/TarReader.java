package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar to its last byte: POSIX with extended headers, GNU with long names, and the old formats. Refuses what it
 * does not know, so that it never sees another tree than the archive's maker or than another program. One thread.
 */
final class TarReader {
    /** What the headers before an entry say about it, where they say something. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of a guest: never compared, never a key
    private record Extended(byte @Nullable [] path, byte @Nullable [] link, long size) {
        static final Extended NOTHING = new Extended(null, null, -1);

        boolean isNothing() {
            return path == null && link == null && size < 0;
        }
    }

    private static final int PADDING_CHUNK_BYTES = 8192;

    private final Intake intake;
    private final Admission admission;
    private final byte[] buffer = new byte[64 * 1024];
    private Extended extended = Extended.NOTHING;
    private long headerBytes;

    TarReader(Intake intake, Admission admission) {
        this.intake = intake;
        this.admission = admission;
    }

    /** Whether a tar is what comes next: a header, or the blocks of zeros that end an empty one. */
    static boolean begins(Intake intake) throws IOException {
        if (!intake.require(TarHeader.BLOCK_BYTES)) {
            return false;
        }
        byte[] block =
                Arrays.copyOfRange(intake.buffer(), intake.bufferStart(), intake.bufferStart() + TarHeader.BLOCK_BYTES);
        return TarHeader.isZero(block) || TarHeader.isHeader(block);
    }

    void read() throws IOException {
        while (true) {
            byte[] block = intake.take(TarHeader.BLOCK_BYTES);
            if (TarHeader.isZero(block)) {
                readEnd();
                return;
            }
            TarHeader header = TarHeader.read(block);
            switch (header.type()) {
                case 'x', 'X' -> readPax(header);
                case 'g' -> readGlobal(header);
                case 'L' -> extended = new Extended(longName(header), extended.link(), extended.size());
                case 'K' -> extended = new Extended(extended.path(), longName(header), extended.size());
                default -> {
                    readEntry(header);
                    extended = Extended.NOTHING;
                    headerBytes = 0;
                }
            }
        }
    }

    private void readEntry(TarHeader header) throws IOException {
        byte[] name = extended.path() == null ? header.name() : extended.path();
        byte[] link = extended.link() == null ? header.link() : extended.link();
        long size = extended.size() < 0 ? header.size() : extended.size();
        boolean isDirectory =
                header.type() == '5' || (isFile(header) && name.length > 0 && name[name.length - 1] == '/');
        if (isFile(header) && !isDirectory) {
            readFile(header, name, size);
            return;
        }
        if (header.type() == 'S') {
            throw ArchiveRefusedException.entry(Fault.SPARSE, name, "is a sparse file: pack it without holes");
        }
        if ("346".indexOf(header.type()) >= 0) {
            throw ArchiveRefusedException.entry(Fault.SPECIAL_FILE, name, "is a device or a fifo");
        }
        if (!isDirectory && header.type() != '1' && header.type() != '2') {
            throw ArchiveRefusedException.entry(
                    Fault.UNSUPPORTED, name, "is of a kind that is not known (" + (int) header.type() + ")");
        }
        if (size != 0) {
            throw ArchiveRefusedException.entry(Fault.INCONSISTENT, name, "has a content though it is no file");
        }
        switch (header.type()) {
            case '1' -> admission.hardLink(name, link);
            case '2' -> admission.symbolicLink(name, link);
            default -> admission.directory(name);
        }
    }

    private static boolean isFile(TarHeader header) {
        return header.type() == '0' || header.type() == 0 || header.type() == '7';
    }

    private void readFile(TarHeader header, byte[] name, long size) throws IOException {
        admission.beginFile(name, header.isExecutable(), size);
        for (long left = size; left > 0; ) {
            int read = intake.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw Intake.truncated();
            }
            admission.content(buffer, read);
            left -= read;
        }
        skipPadding(size);
        admission.endFile();
    }

    private void skipPadding(long size) throws IOException {
        int over = (int) (size % TarHeader.BLOCK_BYTES);
        if (over > 0) {
            intake.take(TarHeader.BLOCK_BYTES - over);
        }
    }

    /** The content of a header that is written like a file. */
    private byte[] extension(TarHeader header) throws IOException {
        long size = header.size();
        headerBytes += size + TarHeader.BLOCK_BYTES;
        if (size > ArchiveLimits.HEADER_BYTES || headerBytes > ArchiveLimits.HEADER_BYTES) {
            throw ArchiveRefusedException.entry(
                    Fault.HEADER_TOO_LARGE,
                    header.name(),
                    "has more than " + ArchiveLimits.HEADER_BYTES + " bytes of extended headers");
        }
        byte[] content = intake.take((int) size);
        skipPadding(size);
        return content;
    }

    private byte[] longName(TarHeader header) throws IOException {
        byte[] name = extension(header);
        // GNU tar ends it with a NUL. Any other NUL is left to be refused as part of the name.
        return name.length > 0 && name[name.length - 1] == 0 ? Arrays.copyOf(name, name.length - 1) : name;
    }

    private void readPax(TarHeader header) throws IOException {
        PaxRecords records = new PaxRecords(extension(header));
        byte[] path = extended.path();
        byte[] link = extended.link();
        long size = extended.size();
        while (records.next()) {
            switch (records.key()) {
                case "path" -> path = records.value();
                case "linkpath" -> link = records.value();
                case "size" -> size = records.number();
                default -> refuseSparse(records, header);
            }
        }
        extended = new Extended(path, link, size);
    }

    /** Headers for all entries that follow tell of comments and of times; a name that many entries share is a trick. */
    private void readGlobal(TarHeader header) throws IOException {
        PaxRecords records = new PaxRecords(extension(header));
        while (records.next()) {
            refuseSparse(records, header);
            if (records.key().equals("path")
                    || records.key().equals("linkpath")
                    || records.key().equals("size")) {
                throw ArchiveRefusedException.archive(
                        Fault.UNSUPPORTED, "sets a " + records.key() + " for all of its entries");
            }
        }
    }

    private static void refuseSparse(PaxRecords records, TarHeader header) throws ArchiveRefusedException {
        if (records.key().startsWith("GNU.sparse.") || records.key().equals("SCHILY.realsize")) {
            throw ArchiveRefusedException.entry(Fault.SPARSE, header.name(), "is a sparse file: pack it without holes");
        }
    }

    /** Two blocks of zeros end a tar; what fills the last record up is zeros too. */
    private void readEnd() throws IOException {
        if (!extended.isNothing()) {
            throw Intake.damaged("a header is followed by no entry");
        }
        if (!TarHeader.isZero(intake.take(TarHeader.BLOCK_BYTES))) {
            throw Intake.damaged("a block of zeros stands between entries");
        }
        byte[] padding = new byte[PADDING_CHUNK_BYTES];
        long bytes = 0;
        for (int read = intake.read(padding, 0, padding.length);
                read >= 0;
                read = intake.read(padding, 0, padding.length)) {
            bytes += read;
            Arrays.fill(padding, read, padding.length, (byte) 0);
            if (!TarHeader.isZero(padding) || bytes > ArchiveLimits.PADDING_BYTES) {
                throw ArchiveRefusedException.archive(Fault.TRAILING_BYTES, "goes on behind its end");
            }
        }
    }
}
