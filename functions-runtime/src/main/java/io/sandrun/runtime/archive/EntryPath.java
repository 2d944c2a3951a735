package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import io.sandrun.runtime.name.GuestName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The path of an entry, taken apart and found to be plain. Immutable. */
final class EntryPath {
    static final EntryPath ROOT = new EntryPath(List.of());

    private final List<String> parts;

    private EntryPath(List<String> parts) {
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
        if (text.isEmpty()) {
            throw ArchiveRefusedException.entry(Fault.BAD_NAME, name, "has no name");
        }
        if (text.startsWith("/")) {
            throw ArchiveRefusedException.entry(Fault.ABSOLUTE_PATH, name, "has an absolute path");
        }
        return new EntryPath(List.copyOf(parts(text, limits)));
    }

    private static List<String> parts(String text, ArchiveLimits limits) throws ArchiveRefusedException {
        List<String> parts = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            if (part.equals("..")) {
                throw ArchiveRefusedException.entry(Fault.TRAVERSAL, text, "goes up with '..'");
            }
            Optional<String> fault = GuestName.fault(part);
            if (fault.isPresent()) {
                boolean tooLong = part.getBytes(StandardCharsets.UTF_8).length > GuestName.MAX_BYTES;
                throw ArchiveRefusedException.entry(tooLong ? Fault.NAME_TOO_LONG : Fault.BAD_NAME, text, fault.get());
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (parts.size() - 1 > limits.depth()) {
            throw ArchiveRefusedException.entry(
                    Fault.TOO_DEEP, text, "lies below more than " + limits.depth() + " directories");
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
        return ArchiveRefusedException.entry(fault, toString(), why);
    }

    @Override
    public String toString() {
        return isRoot() ? "." : String.join("/", parts);
    }
}
