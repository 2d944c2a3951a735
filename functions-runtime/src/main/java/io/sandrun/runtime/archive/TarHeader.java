package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.util.Arrays;

/** One header block of a tar, as POSIX ustar, GNU and the old formats have it. Immutable. */
final class TarHeader {
    static final int BLOCK_BYTES = 512;

    private static final int NAME_BYTES = 100;
    private static final int SIZE = 124;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final int PREFIX_BYTES = 155;
    /** In star's own format there are times at the prefix's end, and this word at the block's. */
    private static final int STAR_PREFIX_BYTES = 131;

    private static final int STAR_MAGIC = 508;

    private final byte[] block;

    private TarHeader(byte[] block) {
        this.block = block;
    }

    /** @throws ArchiveRefusedException when it is no header */
    static TarHeader read(byte[] block) throws ArchiveRefusedException {
        if (!isHeader(block)) {
            throw Intake.damaged("a tar header has a wrong checksum");
        }
        return new TarHeader(block);
    }

    static boolean isHeader(byte[] block) {
        long unsigned = 0;
        long signed = 0;
        for (int index = 0; index < BLOCK_BYTES; index++) {
            boolean isChecksum = index >= CHECKSUM && index < CHECKSUM + CHECKSUM_BYTES;
            unsigned += isChecksum ? ' ' : block[index] & 0xff;
            signed += isChecksum ? ' ' : block[index];
        }
        long told = octal(block, CHECKSUM, CHECKSUM_BYTES);
        return told == unsigned || told == signed;
    }

    static boolean isZero(byte[] block) {
        for (byte value : block) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    boolean isExecutable() {
        return (octal(block, NAME_BYTES, 8) & 0111) > 0;
    }

    byte[] name() {
        byte[] name = text(0, NAME_BYTES);
        boolean isUstar = matches(MAGIC, "ustar\0");
        byte[] prefix = isUstar ? text(PREFIX, isOfStar() ? STAR_PREFIX_BYTES : PREFIX_BYTES) : new byte[0];
        if (prefix.length == 0) {
            return name;
        }
        byte[] joined = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        joined[prefix.length] = '/';
        System.arraycopy(name, 0, joined, prefix.length + 1, name.length);
        return joined;
    }

    private boolean isOfStar() {
        return matches(STAR_MAGIC, "tar\0");
    }

    byte[] link() {
        return text(LINK, NAME_BYTES);
    }

    long size() throws ArchiveRefusedException {
        long size = (block[SIZE] & 0x80) == 0 ? octal(block, SIZE, 12) : binary();
        if (size < 0) {
            throw ArchiveRefusedException.entry(Fault.DAMAGED, name(), "has a size that is no number");
        }
        return size;
    }

    /** GNU's way to write what 11 octal digits do not hold: a bit, then the number, highest byte first. */
    private long binary() {
        if (block[SIZE] != (byte) 0x80) {
            return -1;
        }
        long value = 0;
        for (int index = SIZE + 1; index < SIZE + 12; index++) {
            if (value >> 55 != 0) {
                return -1;
            }
            value = value << 8 | (block[index] & 0xff);
        }
        return value;
    }

    /** Digits between spaces, ended by a space, a NUL or the field's end; -1 when it is something else. */
    private static long octal(byte[] block, int offset, int length) {
        int index = offset;
        int end = offset + length;
        while (index < end && block[index] == ' ') {
            index++;
        }
        long value = 0;
        for (; index < end && block[index] != ' ' && block[index] != 0; index++) {
            if (block[index] < '0' || block[index] > '7') {
                return -1;
            }
            value = value << 3 | block[index] - '0';
        }
        return value;
    }

    private byte[] text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(block, offset, end);
    }

    private boolean matches(int offset, String word) {
        for (int index = 0; index < word.length(); index++) {
            if (block[offset + index] != word.charAt(index)) {
                return false;
            }
        }
        return true;
    }
}
