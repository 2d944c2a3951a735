package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import io.sandrun.runtime.name.GuestName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The path of an entry, or of a file in no archive, taken apart and found to be plain. Immutable. */
final class EntryPath {
    static final EntryPath ROOT = new EntryPath(Origin.ARCHIVE, List.of());

    /** Where it is written, to say so in a refusal. */
    enum Origin {
        ARCHIVE,
        FILE;

        ArchiveRefusedException refused(Fault fault, String name, String why) {
            return this == ARCHIVE
                    ? ArchiveRefusedException.entry(fault, name, why)
                    : ArchiveRefusedException.file(fault, name, why);
        }
    }

    private final Origin origin;
    private final List<String> parts;

    private EntryPath(Origin origin, List<String> parts) {
        this.origin = origin;
        this.parts = parts;
    }

    /**
     * Reads the name of an entry; "./" at its beginning and "/" at its end are allowed.
     *
     * @return a path, which {@link #isRoot} when the name means the tree itself
     */
    static EntryPath read(byte[] name, ArchiveLimits limits) throws ArchiveRefusedException {
        if (name.length > limits.pathBytes()) {
            throw ArchiveRefusedException.entry(
                    Fault.NAME_TOO_LONG, name, "has a path of more than " + limits.pathBytes() + " bytes");
        }
        String text = GuestName.decode(name)
                .orElseThrow(() ->
                        ArchiveRefusedException.entry(Fault.BAD_NAME, name, "has a name that is not valid UTF-8"));
        return read(Origin.ARCHIVE, text, limits);
    }

    /** Likewise the name of a file in no archive, which is never the tree itself. */
    static EntryPath readFile(String name, ArchiveLimits limits) throws ArchiveRefusedException {
        if (name.getBytes(StandardCharsets.UTF_8).length > limits.pathBytes()) {
            throw Origin.FILE.refused(
                    Fault.NAME_TOO_LONG, name, "has a path of more than " + limits.pathBytes() + " bytes");
        }
        EntryPath path = read(Origin.FILE, name, limits);
        if (path.isRoot() || name.endsWith("/")) {
            throw Origin.FILE.refused(Fault.BAD_NAME, name, "has the name of a directory");
        }
        return path;
    }

    private static EntryPath read(Origin origin, String text, ArchiveLimits limits) throws ArchiveRefusedException {
        if (text.isEmpty()) {
            throw origin.refused(Fault.BAD_NAME, text, "has no name");
        }
        if (text.startsWith("/")) {
            throw origin.refused(Fault.ABSOLUTE_PATH, text, "has an absolute path");
        }
        return new EntryPath(origin, List.copyOf(parts(origin, text, limits)));
    }

    private static List<String> parts(Origin origin, String text, ArchiveLimits limits) throws ArchiveRefusedException {
        List<String> parts = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            if (part.equals("..")) {
                throw origin.refused(Fault.TRAVERSAL, text, "goes up with '..'");
            }
            Optional<String> fault = GuestName.fault(part);
            if (fault.isPresent()) {
                boolean tooLong = part.getBytes(StandardCharsets.UTF_8).length > GuestName.MAX_BYTES;
                throw origin.refused(tooLong ? Fault.NAME_TOO_LONG : Fault.BAD_NAME, text, fault.get());
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (parts.size() - 1 > limits.depth()) {
            throw origin.refused(Fault.TOO_DEEP, text, "lies below more than " + limits.depth() + " directories");
        }
        return parts;
    }

    List<String> parts() {
        return parts;
    }

    boolean isRoot() {
        return parts.isEmpty();
    }

    /** The path of the directory that ends with that part. */
    String upTo(int index) {
        return String.join("/", parts.subList(0, index + 1));
    }

    ArchiveRefusedException refused(Fault fault, String why) {
        return origin.refused(fault, toString(), why);
    }

    @Override
    public String toString() {
        return isRoot() ? "." : String.join("/", parts);
    }
}
