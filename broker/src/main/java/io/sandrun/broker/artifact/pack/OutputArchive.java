package io.sandrun.broker.artifact.pack;

import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.broker.artifact.Hold;
import io.sandrun.protocol.OutputReport.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The files that a job left as one tar.gz, made while it is written: two buffers of it are ever held. Owners, times and
 * the order are fixed, so that the same job gives the same bytes each time. None of the files is deleted before it is
 * closed. One thread.
 */
public final class OutputArchive implements AutoCloseable {
    private static final int FILE_MODE = 0644;
    private static final int EXECUTABLE_MODE = 0755;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final ArtifactStore artifacts;
    private final List<File> files;
    private final FileTime time;
    private final Hold hold;

    private OutputArchive(ArtifactStore artifacts, List<File> files, FileTime time) {
        this.artifacts = artifacts;
        this.files = files;
        this.time = time;
        this.hold = artifacts.hold();
    }

    /**
     * @param files in the order in which they will stand in it
     * @param timeMs of every file in it, since 1970; kept to the second
     * @return empty if one of the files is not kept any more
     */
    public static Optional<OutputArchive> of(ArtifactStore artifacts, List<File> files, long timeMs) {
        OutputArchive archive = new OutputArchive(artifacts, files, FileTime.from(timeMs / 1000, TimeUnit.SECONDS));
        for (File file : files) {
            if (!archive.hold.take(file.sha256())) {
                archive.close();
                return Optional.empty();
            }
        }
        return Optional.of(archive);
    }

    /** Writes all of it, and leaves the stream open. */
    public void writeTo(OutputStream out) throws IOException {
        GZIPOutputStream gzip = new GZIPOutputStream(out, BUFFER_BYTES);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip, StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        byte[] piece = new byte[BUFFER_BYTES];
        for (File file : files) {
            tar.putArchiveEntry(header(file));
            copy(file, tar, piece);
            tar.closeArchiveEntry();
        }
        tar.finish();
        gzip.finish();
    }

    private TarArchiveEntry header(File file) {
        TarArchiveEntry header = new TarArchiveEntry(file.path(), true);
        header.setMode(file.executable() ? EXECUTABLE_MODE : FILE_MODE);
        header.setModTime(time);
        header.setSize(file.sizeBytes());
        return header;
    }

    /** A damaged file, of another length than its header says, ends the archive where it is. */
    private void copy(File file, TarArchiveOutputStream tar, byte[] piece) throws IOException {
        try (InputStream from = artifacts.open(file.sha256(), 0).orElseThrow(() -> new IOException("a file is gone"))) {
            for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
                tar.write(piece, 0, count);
            }
        }
    }

    @Override
    public void close() {
        hold.close();
    }
}
