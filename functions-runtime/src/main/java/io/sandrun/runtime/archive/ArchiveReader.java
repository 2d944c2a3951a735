package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads archives into a sink, one after the other, all within the same limits and into the same tree. Their format is
 * told by their content: tar, tar.gz, tar.zst or zip. With {@link ArchiveSink#NOWHERE} it checks them.
 *
 * <p>What is refused is refused at the first byte that shows it, so a sink may have taken entries before; but an
 * archive that is accepted has been read and checked to its last byte. Memory is bounded by the names of the entries,
 * at most some tens of megabytes. One thread at a time.
 */
public final class ArchiveReader {
    private final ArchiveLimits limits;
    private final Admission admission;
    private long archiveBytes;

    public ArchiveReader(ArchiveLimits limits, ArchiveSink sink) {
        this.limits = limits;
        this.admission = new Admission(limits, sink);
    }

    /**
     * Reads one archive to its end. The stream is left open.
     *
     * @throws ArchiveRefusedException when it is not taken: the archive's fault
     * @throws IOException when the stream or the sink failed: ours
     */
    public void read(InputStream archive) throws IOException {
        Intake intake = new Intake(archive, limits.archiveBytes() - archiveBytes);
        if (GzipStream.begins(intake)) {
            readExpanded(intake, new GzipStream(intake));
        } else if (ZstdStream.begins(intake)) {
            readExpanded(intake, new ZstdStream(intake));
        } else if (ZipReader.begins(intake)) {
            new ZipReader(intake, admission).read();
        } else if (TarReader.begins(intake)) {
            new TarReader(intake, admission).read();
        } else {
            throw unknown(intake.isAtEnd() ? "is empty" : "is neither tar, tar.gz, tar.zst nor zip");
        }
        archiveBytes += intake.position();
    }

    /**
     * Lets a file that is in no archive into the same tree: it takes room and has a name like any entry. Its bytes are
     * not read; the sink hears of an empty file.
     *
     * @throws ArchiveRefusedException when it is not taken
     * @throws IOException when the sink failed
     */
    public void admit(String name, long sizeBytes) throws IOException {
        admission.file(name, sizeBytes);
    }

    /**
     * The path that such a file will have, written plainly: without "." and doubled slashes.
     *
     * @throws ArchiveRefusedException when the name is not taken, whatever else is there
     */
    public static String plainPath(String name, ArchiveLimits limits) throws ArchiveRefusedException {
        return EntryPath.readFile(name, limits).toString();
    }

    private void readExpanded(Intake compressed, InputStream stream) throws IOException {
        try (Expansion expansion = new Expansion(stream, compressed, limits)) {
            Intake expanded = new Intake(expansion, Long.MAX_VALUE);
            if (GzipStream.begins(expanded) || ZstdStream.begins(expanded) || ZipReader.begins(expanded)) {
                throw ArchiveRefusedException.archive(Fault.COMPRESSED_TWICE, "is compressed twice");
            }
            if (!TarReader.begins(expanded)) {
                throw unknown("is compressed, but not a tar inside");
            }
            new TarReader(expanded, admission).read();
        }
    }

    private static ArchiveRefusedException unknown(String why) {
        return ArchiveRefusedException.archive(Fault.UNKNOWN_FORMAT, why);
    }
}
