package io.sandrun.runtime.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zips field by field, so that any field can tell a lie. */
final class ZipBytes {
    /** The fields of one entry as they stand in one of its two headers. */
    static final class Header {
        int flags;
        int method;
        int checksum;
        int compressedBytes;
        int bytes;
        byte[] name = new byte[0];
        byte[] extra = new byte[0];
        int madeBy = 3 << 8;
        int mode;
        int offset;

        Header copy() {
            Header copy = new Header();
            copy.flags = flags;
            copy.method = method;
            copy.checksum = checksum;
            copy.compressedBytes = compressedBytes;
            copy.bytes = bytes;
            copy.name = name;
            copy.extra = extra;
            copy.mode = mode;
            copy.offset = offset;
            return copy;
        }
    }

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Header> directory = new ArrayList<>();
    private int directoryShift;
    private int countShift;

    ZipBytes stored(String name, String content) {
        return entry(name, content, 0, header -> {}, header -> {});
    }

    ZipBytes deflated(String name, String content) {
        return entry(name, content, 8, header -> {}, header -> {});
    }

    /**
     * An entry that tells something.
     *
     * @param local what before its data
     * @param central what at the end
     */
    ZipBytes entry(String name, String content, int method, Consumer<Header> local, Consumer<Header> central) {
        byte[] raw = content.getBytes(StandardCharsets.UTF_8);
        byte[] data = method == 8 ? deflate(raw) : raw;
        CRC32 checksum = new CRC32();
        checksum.update(raw);
        Header header = new Header();
        header.method = method;
        header.checksum = (int) checksum.getValue();
        header.compressedBytes = data.length;
        header.bytes = raw.length;
        header.name = name.getBytes(StandardCharsets.UTF_8);
        header.mode = name.endsWith("/") ? 0040755 : 0100644;
        header.offset = bytes.size();
        Header told = header.copy();
        local.accept(told);
        writeLocal(told);
        bytes.writeBytes(data);
        Header listed = header.copy();
        listed.flags = told.flags;
        central.accept(listed);
        directory.add(listed);
        return this;
    }

    /** Bytes between entries. */
    ZipBytes raw(byte... more) {
        bytes.writeBytes(more);
        return this;
    }

    ZipBytes list(Header header) {
        directory.add(header);
        return this;
    }

    ZipBytes unlist() {
        directory.remove(directory.size() - 1);
        return this;
    }

    ZipBytes shiftDirectory(int by) {
        directoryShift = by;
        return this;
    }

    ZipBytes shiftCount(int by) {
        countShift = by;
        return this;
    }

    static byte[] deflate(byte[] raw) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(raw);
        deflater.finish();
        byte[] data = new byte[raw.length + 100];
        int length = deflater.deflate(data);
        deflater.end();
        return java.util.Arrays.copyOf(data, length);
    }

    private void writeLocal(Header header) {
        bytes.writeBytes(little(30)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) header.flags)
                .putShort((short) header.method)
                .putInt(0)
                .putInt(header.checksum)
                .putInt(header.compressedBytes)
                .putInt(header.bytes)
                .putShort((short) header.name.length)
                .putShort((short) header.extra.length)
                .array());
        bytes.writeBytes(header.name);
        bytes.writeBytes(header.extra);
    }

    private static void writeCentral(Header header, ByteArrayOutputStream into) {
        into.writeBytes(little(46)
                .putInt(0x02014b50)
                .putShort((short) header.madeBy)
                .putShort((short) 20)
                .putShort((short) header.flags)
                .putShort((short) header.method)
                .putInt(0)
                .putInt(header.checksum)
                .putInt(header.compressedBytes)
                .putInt(header.bytes)
                .putShort((short) header.name.length)
                .putShort((short) header.extra.length)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort((short) 0)
                .putInt(header.mode << 16)
                .putInt(header.offset)
                .array());
        into.writeBytes(header.name);
        into.writeBytes(header.extra);
    }

    byte[] toBytes() {
        ByteArrayOutputStream zip = new ByteArrayOutputStream();
        zip.writeBytes(bytes.toByteArray());
        directory.forEach(header -> writeCentral(header, zip));
        int directoryBytes = zip.size() - bytes.size();
        zip.writeBytes(little(22)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) (directory.size() + countShift))
                .putShort((short) (directory.size() + countShift))
                .putInt(directoryBytes)
                .putInt(bytes.size() + directoryShift)
                .putShort((short) 0)
                .array());
        return zip.toByteArray();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
