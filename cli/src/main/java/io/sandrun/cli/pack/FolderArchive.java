package io.sandrun.cli.pack;

import io.sandrun.runtime.name.GuestName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Iterator;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/**
 * A tar.gz that is made as it is read, a chunk at a time, so that nothing of it is ever held. Owners and times are
 * fixed, so that equal folders give equal bytes. Not thread-safe.
 */
final class FolderArchive extends InputStream {
    /** The first time that a zip can tell: a job may pack its files again. */
    private static final Date TIME = Date.from(Instant.parse("1980-01-01T00:00:00Z"));

    private static final int FILE_MODE = 0644;
    private static final int EXECUTABLE_MODE = 0755;

    private static final int CHUNK_BYTES = 64 * 1024;

    /** Where the bytes of a file come from. */
    interface Content {
        InputStream open(ProjectFolder.Entry entry) throws IOException;
    }

    private final Content content;
    private final Iterator<ProjectFolder.Entry> coming;
    private final Chunk packed = new Chunk();
    private final byte[] chunk = new byte[CHUNK_BYTES];
    private @Nullable TarArchiveOutputStream tar;
    private ProjectFolder.@Nullable Entry current;
    private @Nullable InputStream file;
    private long missing;
    private boolean complete;

    FolderArchive(Content content, List<ProjectFolder.Entry> entries) {
        this.content = content;
        this.coming = entries.iterator();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (packed.isEmpty()) {
            if (complete) {
                return -1;
            }
            step();
        }
        return packed.take(into, offset, length);
    }

    /** Packs one chunk of the current file, or begins the next entry, or ends the archive. */
    private void step() throws IOException {
        if (tar == null) {
            tar = open();
        }
        if (file != null && current != null) {
            copyChunk(tar, file, current);
        } else if (coming.hasNext()) {
            begin(tar, coming.next());
        } else {
            tar.close();
            complete = true;
        }
    }

    private TarArchiveOutputStream open() throws IOException {
        TarArchiveOutputStream opened =
                new TarArchiveOutputStream(new GZIPOutputStream(packed), StandardCharsets.UTF_8.name());
        opened.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        opened.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        opened.setAddPaxHeadersForNonAsciiNames(true);
        return opened;
    }

    private void begin(TarArchiveOutputStream tar, ProjectFolder.Entry entry) throws IOException {
        TarArchiveEntry header;
        if (entry.target() != null) {
            header = new TarArchiveEntry(entry.path(), TarConstants.LF_SYMLINK, true);
            header.setLinkName(entry.target());
        } else {
            header = new TarArchiveEntry(entry.isFolder() ? entry.path() + "/" : entry.path(), true);
        }
        header.setMode(entry.isFolder() || entry.executable() ? EXECUTABLE_MODE : FILE_MODE);
        header.setModTime(TIME);
        header.setSize(entry.sizeBytes());
        tar.putArchiveEntry(header);
        if (entry.isFile()) {
            current = entry;
            missing = entry.sizeBytes();
            file = content.open(entry);
        } else {
            tar.closeArchiveEntry();
        }
    }

    private void copyChunk(TarArchiveOutputStream tar, InputStream file, ProjectFolder.Entry entry) throws IOException {
        int count = file.read(chunk);
        if (count > 0 && count <= missing) {
            tar.write(chunk, 0, count);
            missing -= count;
            return;
        }
        if (count > 0 || missing > 0) {
            throw new ProjectRefusedException("The folder's '%s' was changed while it was packed. Try again."
                    .formatted(GuestName.show(entry.path())));
        }
        file.close();
        this.file = null;
        this.current = null;
        tar.closeArchiveEntry();
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    /** What is packed and not yet read. */
    private static final class Chunk extends ByteArrayOutputStream {
        private int taken;

        boolean isEmpty() {
            return taken == count;
        }

        int take(byte[] into, int offset, int length) {
            int copied = Math.min(length, count - taken);
            System.arraycopy(buf, taken, into, offset, copied);
            taken += copied;
            if (isEmpty()) {
                reset();
                taken = 0;
            }
            return copied;
        }
    }
}
