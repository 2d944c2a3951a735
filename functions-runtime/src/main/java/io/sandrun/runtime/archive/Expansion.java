package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.io.InputStream;

/** Watches how much a decompression makes of how little. One thread; closes what it reads from. */
final class Expansion extends InputStream {
    /** Of the archive or of its entry, whichever can be named. */
    interface Refusal {
        ArchiveRefusedException of(Fault fault, String why);
    }

    private final InputStream expanded;
    private final Intake compressed;
    private final ArchiveLimits limits;
    private long expandedBytes;

    Expansion(InputStream expanded, Intake compressed, ArchiveLimits limits) {
        this.expanded = expanded;
        this.compressed = compressed;
        this.limits = limits;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        int read = expanded.read(into, offset, count);
        if (read > 0) {
            expandedBytes += read;
            check(expandedBytes, compressed.position(), limits, ArchiveRefusedException::archive);
        }
        return read;
    }

    static void check(long expandedBytes, long compressedBytes, ArchiveLimits limits, Refusal refusal)
            throws ArchiveRefusedException {
        if (expandedBytes > limits.expandedBytes()) {
            throw refusal.of(Fault.TOO_LARGE, "unpacks to more than " + limits.totalBytes() + " bytes of files");
        }
        if (expandedBytes > ArchiveLimits.RATIO_FREE_BYTES && expandedBytes / limits.ratio() > compressedBytes) {
            throw refusal.of(Fault.EXPANDS_TOO_MUCH, "unpacks to more than " + limits.ratio() + " times its size");
        }
    }

    @Override
    public void close() throws IOException {
        expanded.close();
    }
}
