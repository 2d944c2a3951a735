package io.sandrun.broker.project;

import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.Hold;
import io.sandrun.broker.artifact.Incoming;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.JobFiles.Form;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.name.GuestName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one request on their way: files into the store, the manifest into memory. A part {@code files} with the
 * name of an archive is one, or one of the text forms that older clients send under such a name; with any other name it
 * is a file of that name. For one thread.
 */
final class Upload implements PartSink, AutoCloseable {
    static final String FILES = "files";
    static final String MANIFEST = "manifest";

    /** How PHP and its like name a field that may come more than once. */
    private static final String FILES_LIST = "files[]";

    private static final Pattern ARCHIVE_NAME =
            Pattern.compile("[^/]*\\.(tar|tar\\.gz|tgz|tar\\.zst|tzst|zip)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** What the largest disk of a job has room for. Whether this job's has, is seen when the manifest is here. */
    static final ArchiveLimits LIMITS = ArchiveLimits.within((long) Limits.DISK_MB_MAX << 20, Limits.DISK_INODES);

    private final Hold hold;
    private final List<Received> received = new ArrayList<>();
    private final ManifestPart manifest = new ManifestPart();
    private @Nullable Part part;
    private int pathBytes;

    /** @param hold of what is received, for the caller to close */
    Upload(Hold hold) {
        this.hold = hold;
    }

    /** Where the bytes of one part go. */
    interface Part {
        void content(byte[] bytes, int offset, int count);

        void end();

        /** Throws away what did not come to its end. */
        void abandon();
    }

    @Override
    public void begin(String field, @Nullable String fileName) {
        part = switch (field) {
            case MANIFEST -> manifest.begun();
            case FILES, FILES_LIST -> file(fileName);
            default ->
                throw new Refusal(
                        ErrorCode.UNKNOWN_FIELD,
                        "Nothing reads the part \"" + GuestName.show(field) + "\": send \"" + FILES + "\" and \""
                                + MANIFEST + "\".",
                        Map.of("field", GuestName.show(field), "expected", List.of(FILES, MANIFEST)));
        };
    }

    private Part file(@Nullable String fileName) {
        if (fileName == null || fileName.isEmpty()) {
            return new ArchivePart(this, "without a name");
        }
        return ARCHIVE_NAME.matcher(fileName).matches()
                ? new ArchivePart(this, GuestName.show(fileName))
                : new FilePart(this, fileName);
    }

    @Override
    public void content(byte[] bytes, int offset, int count) {
        current().content(bytes, offset, count);
    }

    @Override
    public void end() {
        current().end();
        part = null;
    }

    private Part current() {
        if (part == null) {
            throw new IllegalStateException("no part was begun");
        }
        return part;
    }

    /** Begins to receive a file; it becomes one of the upload with {@link #keep}. */
    Incoming receive() {
        if (received.size() >= Limits.UPLOAD_FILES) {
            throw new Refusal(
                    ErrorCode.INVALID_FIELD,
                    "There are more than " + Limits.UPLOAD_FILES + " files: pack them into one archive.",
                    Map.of("field", FILES, "expected", "at most " + Limits.UPLOAD_FILES + " files, or an archive"));
        }
        return hold.receive(Limits.UPLOAD_BYTES);
    }

    /** @param path plain, or null for an archive */
    void keep(Incoming file, @Nullable String path, String shown) {
        received.add(new Received(file.keep(), path == null ? Form.ARCHIVE : Form.FILE, path, shown));
    }

    /**
     * The path of a file that is called so.
     *
     * @throws Refusal if it leaves the job's folder, or no file may have that name
     */
    String path(String name) {
        String path;
        try {
            path = ArchiveReader.plainPath(name, LIMITS);
        } catch (ArchiveRefusedException bad) {
            throw ArchiveRefusals.of(bad, GuestName.show(name));
        }
        pathBytes += path.getBytes(StandardCharsets.UTF_8).length;
        if (pathBytes > Limits.UPLOAD_PATHS_BYTES) {
            throw Refusal.invalidField(
                    FILES, "an archive: the names of its files have more than " + Limits.UPLOAD_PATHS_BYTES + " bytes");
        }
        return path;
    }

    /** What the manifest says; one that is absent says nothing. */
    JsonFields manifest() {
        return JsonFields.parsePart(manifest.text(), MANIFEST);
    }

    /** In the order in which they came. */
    List<Received> files() {
        return received;
    }

    @Override
    public void close() {
        if (part != null) {
            part.abandon();
            part = null;
        }
    }
}
