package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decompresses gzip (RFC 1952), one member or several in a row, to the end of the stream and no byte less: the JDK's
 * own takes what follows a member that is not one for the end. One thread.
 */
final class GzipStream extends InputStream {
    private static final int FIXED_HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int HAS_CHECKSUM = 0x02;
    private static final int HAS_EXTRA = 0x04;
    private static final int HAS_NAME = 0x08;
    private static final int HAS_COMMENT = 0x10;
    private static final int RESERVED = 0xe0;
    private static final int DEFLATE = 8;

    private final Intake intake;
    private final Inflation inflation;
    private boolean insideMember;

    GzipStream(Intake intake) {
        this.intake = intake;
        this.inflation = new Inflation(intake);
    }

    static boolean begins(Intake intake) throws IOException {
        return intake.startsWith((byte) 0x1f, (byte) 0x8b);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        while (true) {
            if (!insideMember) {
                if (intake.isAtEnd()) {
                    return -1;
                }
                beginMember();
            }
            int read = inflation.read(into, offset, count);
            if (read >= 0) {
                return read;
            }
            endMember();
        }
    }

    private void beginMember() throws IOException {
        if (!begins(intake)) {
            throw ArchiveRefusedException.archive(Fault.TRAILING_BYTES, "has bytes behind its gzip data");
        }
        byte[] header = intake.take(FIXED_HEADER_BYTES);
        int flags = header[3];
        if (header[2] != DEFLATE || (flags & RESERVED) != 0) {
            throw Intake.damaged("its gzip header is unknown");
        }
        if ((flags & HAS_EXTRA) != 0) {
            intake.take(LittleEndian.u16(intake.take(2), 0));
        }
        if ((flags & HAS_NAME) != 0) {
            skipText();
        }
        if ((flags & HAS_COMMENT) != 0) {
            skipText();
        }
        if ((flags & HAS_CHECKSUM) != 0) {
            intake.take(2);
        }
        inflation.begin(Long.MAX_VALUE);
        insideMember = true;
    }

    private void skipText() throws IOException {
        for (int length = 0; intake.take(1)[0] != 0; length++) {
            if (length > ArchiveLimits.HEADER_BYTES) {
                throw ArchiveRefusedException.archive(Fault.HEADER_TOO_LARGE, "has a too long gzip header");
            }
        }
    }

    private void endMember() throws IOException {
        byte[] trailer = intake.take(TRAILER_BYTES);
        boolean matches = LittleEndian.u32(trailer, 0) == inflation.checksum()
                && LittleEndian.u32(trailer, 4) == (inflation.outputBytes() & 0xffffffffL);
        if (!matches) {
            throw Intake.damaged("a gzip checksum does not match");
        }
        insideMember = false;
    }

    @Override
    public void close() {
        inflation.close();
    }
}
