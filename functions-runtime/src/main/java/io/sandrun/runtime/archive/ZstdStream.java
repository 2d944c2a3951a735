package io.sandrun.runtime.archive;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.io.InputStream;

/** Decompresses Zstandard (RFC 8878) with a bounded window. One thread. */
final class ZstdStream extends InputStream {
    /** Memory outside the heap that a frame may ask for: 8 MiB, as much as the format wants every reader to have. */
    private static final int WINDOW_LOG = 23;

    private final ZstdInputStreamNoFinalizer frames;

    ZstdStream(Intake intake) throws IOException {
        try {
            frames = new ZstdInputStreamNoFinalizer(bytesOf(intake)).setLongMax(WINDOW_LOG);
        } catch (LinkageError e) {
            throw new IOException("zstd cannot be loaded on this machine: " + e.getMessage(), e);
        }
    }

    static boolean begins(Intake intake) throws IOException {
        return intake.startsWith((byte) 0x28, (byte) 0xb5, (byte) 0x2f, (byte) 0xfd);
    }

    private static InputStream bytesOf(Intake intake) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return intake.isAtEnd() ? -1 : intake.take(1)[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int count) throws IOException {
                return intake.read(into, offset, count);
            }
        };
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        try {
            return frames.read(into, offset, count);
        } catch (ZstdIOException e) {
            throw ArchiveRefusedException.archive(
                    Fault.DAMAGED, "is damaged, cut off or asks for too much memory: " + e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        frames.close();
    }
}
