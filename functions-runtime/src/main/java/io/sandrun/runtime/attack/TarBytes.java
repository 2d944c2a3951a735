package io.sandrun.runtime.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** Writes tars byte by byte, also such as no library would write. */
public final class TarBytes {
    private static final int BLOCK = 512;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public TarBytes file(String name, String content) {
        return entry('0', name, "", content.getBytes(StandardCharsets.UTF_8));
    }

    public TarBytes directory(String name) {
        return header('5', name.getBytes(StandardCharsets.UTF_8), "", 0, 0755);
    }

    public TarBytes symbolicLink(String name, String target) {
        return entry('2', name, target, new byte[0]);
    }

    public TarBytes hardLink(String name, String target) {
        return entry('1', name, target, new byte[0]);
    }

    /** An extended header for the entry that follows. */
    public TarBytes pax(String key, String value) {
        return pax(key, value.getBytes(StandardCharsets.UTF_8));
    }

    public TarBytes pax(String key, byte[] value) {
        return entry('x', "PaxHeaders/x", "", record(key, value));
    }

    public static byte[] record(String key, byte[] value) {
        int rest = key.length() + value.length + 3;
        int length = rest + 1;
        while (Integer.toString(length).length() + rest != length) {
            length++;
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
        record.writeBytes(value);
        record.write('\n');
        return record.toByteArray();
    }

    public TarBytes entry(char type, String name, String link, byte[] content) {
        return header(type, name.getBytes(StandardCharsets.UTF_8), link, content.length, 0644)
                .content(content);
    }

    public TarBytes header(char type, byte[] name, String link, long size, int mode) {
        byte[] block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, octal(mode, 7));
        put(block, 108, octal(0, 7));
        put(block, 116, octal(0, 7));
        put(block, 124, octal(size, 11));
        put(block, 136, octal(1_700_000_000, 11));
        block[156] = (byte) type;
        put(block, 157, link.getBytes(StandardCharsets.UTF_8));
        put(block, 257, "ustar\00000".getBytes(StandardCharsets.US_ASCII));
        return raw(checksummed(block));
    }

    /** Puts the checksum into a header. */
    public static byte[] checksummed(byte[] block) {
        Arrays.fill(block, 148, 156, (byte) ' ');
        long sum = 0;
        for (byte value : block) {
            sum += value & 0xff;
        }
        put(block, 148, octal(sum, 6));
        block[154] = 0;
        return block;
    }

    public TarBytes content(byte[] content) {
        raw(content);
        return raw(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    public TarBytes raw(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /** With the two blocks of zeros that end it. */
    public byte[] toBytes() {
        return new TarBytes().raw(bytes.toByteArray()).raw(new byte[2 * BLOCK]).unended();
    }

    public byte[] unended() {
        return bytes.toByteArray();
    }

    private static byte[] octal(long value, int digits) {
        return String.format(Locale.ROOT, "%0" + digits + "o", value).getBytes(StandardCharsets.US_ASCII);
    }

    private static void put(byte[] block, int offset, byte[] field) {
        System.arraycopy(field, 0, block, offset, field.length);
    }
}
