package io.sandrun.benchmarks.inputs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An archive that is written while it is read, and stored nowhere. One thread. */
final class GeneratedArchive extends InputStream {
    /** Writes the next part of an archive. */
    private interface Steps {
        /** @return false when all is written */
        boolean next() throws IOException;
    }

    private static final int CHUNK_BYTES = 1 << 16;
    private static final int BLOCK_BYTES = 512;
    private static final int FILES_PER_DIRECTORY = 1000;

    private final ByteArrayOutputStream written;
    private final Steps steps;
    private byte[] part = new byte[0];
    private int position;
    private boolean isComplete;

    private GeneratedArchive(ByteArrayOutputStream written, Steps steps) {
        this.written = written;
        this.steps = steps;
    }

    /** A zip with one file of zeros. */
    static InputStream zipOfZeros(long bytes) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        ZipOutputStream zip = new ZipOutputStream(written);
        zip.putNextEntry(new ZipEntry("zeros"));
        byte[] zeros = new byte[CHUNK_BYTES];
        long[] left = {bytes};
        return new GeneratedArchive(written, () -> {
            int some = (int) Math.min(left[0], zeros.length);
            zip.write(zeros, 0, some);
            left[0] -= some;
            if (left[0] == 0) {
                zip.close();
            }
            return left[0] > 0;
        });
    }

    /** A tar of empty files. */
    static InputStream tarOfFiles(int files) {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        int[] done = {0};
        return new GeneratedArchive(written, () -> {
            written.writeBytes(emptyFile(done[0]++));
            if (done[0] == files) {
                written.writeBytes(new byte[2 * BLOCK_BYTES]);
            }
            return done[0] < files;
        });
    }

    private static byte[] emptyFile(int index) {
        byte[] block = new byte[BLOCK_BYTES];
        put(block, 0, String.format(Locale.ROOT, "d%03d/f%07d", index / FILES_PER_DIRECTORY, index));
        put(block, 100, "0000644\0000000000\0000000000\00000000000000\00000000000000\0        0");
        put(block, 257, "ustar\00000");
        int sum = 0;
        for (byte value : block) {
            sum += value;
        }
        put(block, 148, String.format(Locale.ROOT, "%06o\0", sum));
        return block;
    }

    private static void put(byte[] block, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, offset, bytes.length);
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? part[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        if (!hasMore()) {
            return -1;
        }
        int some = Math.min(count, part.length - position);
        System.arraycopy(part, position, into, offset, some);
        position += some;
        return some;
    }

    private boolean hasMore() throws IOException {
        while (position == part.length && !isComplete) {
            isComplete = !steps.next();
            part = written.toByteArray();
            position = 0;
            written.reset();
        }
        return position < part.length;
    }
}
