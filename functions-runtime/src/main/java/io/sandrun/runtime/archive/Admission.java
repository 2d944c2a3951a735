package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import io.sandrun.runtime.name.GuestName;
import java.io.IOException;

/**
 * The gate between the readers of formats and the sink: every entry of every format passes here, and only here is
 * decided what is taken. One thread.
 */
final class Admission {
    private final ArchiveLimits limits;
    private final ArchiveSink sink;
    private final EntryTree tree;
    private EntryPath current = EntryPath.ROOT;
    private long currentBytes;
    private long totalBytes;
    private int roots;

    Admission(ArchiveLimits limits, ArchiveSink sink) {
        this.limits = limits;
        this.sink = sink;
        this.tree = new EntryTree(limits.entries());
    }

    ArchiveLimits limits() {
        return limits;
    }

    void directory(byte[] name) throws IOException {
        EntryPath path = EntryPath.read(name, limits);
        // The tree itself is no entry of it, but whoever reads keeps what it has met.
        if (path.isRoot() && ++roots > limits.entries()) {
            throw path.refused(Fault.TOO_MANY_ENTRIES, "is named more than " + limits.entries() + " times");
        }
        if (!path.isRoot() && tree.addDirectory(path, sink::makeDirectory)) {
            sink.makeDirectory(path.toString());
        }
    }

    /** @param declaredBytes how large the file says to be; 0 when it does not say */
    void beginFile(byte[] name, boolean executable, long declaredBytes) throws IOException {
        EntryPath path = named(name);
        if (name[name.length - 1] == '/') {
            throw path.refused(Fault.BAD_NAME, "is a file with the name of a directory");
        }
        current = path;
        currentBytes = 0;
        checkRoom(declaredBytes);
        tree.addFile(path, sink::makeDirectory);
        sink.beginFile(path.toString(), executable);
    }

    /** More of the current file: the first bytes of the array. */
    void content(byte[] bytes, int count) throws IOException {
        checkRoom(count);
        currentBytes += count;
        totalBytes += count;
        sink.write(bytes, count);
    }

    /** A file in no archive, whose bytes need no look. */
    void file(String name, long sizeBytes) throws IOException {
        EntryPath path = EntryPath.readFile(name, limits);
        current = path;
        currentBytes = 0;
        checkRoom(sizeBytes);
        totalBytes += sizeBytes;
        tree.addFile(path, sink::makeDirectory);
        sink.beginFile(path.toString(), false);
        sink.endFile();
    }

    private void checkRoom(long more) throws ArchiveRefusedException {
        if (more > limits.entryBytes() - currentBytes) {
            throw current.refused(
                    Fault.ENTRY_TOO_LARGE, "is too large: a file may have " + limits.entryBytes() + " bytes");
        }
        if (more > limits.totalBytes() - totalBytes) {
            throw current.refused(
                    Fault.TOO_LARGE, "does not fit: all files together may have " + limits.totalBytes() + " bytes");
        }
    }

    void endFile() throws IOException {
        sink.endFile();
    }

    void makeExecutable(EntryPath path) throws IOException {
        sink.makeExecutable(path.toString());
    }

    /**
     * A link may climb first and then descend, as long as it stays below the root. As no link descends before it
     * climbs, following several of them cannot lead further up than each of them does.
     */
    void symbolicLink(byte[] name, byte[] target) throws IOException {
        EntryPath path = named(name);
        String text = GuestName.decode(target)
                .orElseThrow(() -> path.refused(Fault.BAD_NAME, "is a link to a name that is not valid UTF-8"));
        if (text.isEmpty() || target.length > limits.pathBytes()) {
            throw path.refused(Fault.NAME_TOO_LONG, "is a link with an empty target or a too long one");
        }
        if (text.startsWith("/")) {
            throw path.refused(Fault.LINK_LEAVES, "is a link to an absolute path");
        }
        int depth = path.parts().size() - 1;
        boolean descends = false;
        for (String part : text.split("/", -1)) {
            if (part.equals("..")) {
                depth--;
                if (descends || depth < 0) {
                    throw path.refused(Fault.LINK_LEAVES, "is a link that leaves the archive's tree");
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                descends = true;
                if (GuestName.fault(part).isPresent()) {
                    throw path.refused(
                            Fault.BAD_NAME,
                            "is a link to a name that " + GuestName.fault(part).get());
                }
            }
        }
        tree.addLink(path, sink::makeDirectory);
        sink.makeSymbolicLink(path.toString(), text);
    }

    void hardLink(byte[] name, byte[] target) throws IOException {
        EntryPath path = named(name);
        EntryPath existing;
        try {
            existing = EntryPath.read(target, limits);
        } catch (ArchiveRefusedException e) {
            throw path.refused(Fault.LINK_LEAVES, "is a hard link to '" + GuestName.show(target) + "'");
        }
        if (existing.isRoot() || !tree.isFile(existing)) {
            throw path.refused(
                    Fault.HARD_LINK_TO_NOTHING, "is a hard link to what is no file of the archive before it");
        }
        tree.addFile(path, sink::makeDirectory);
        sink.makeHardLink(path.toString(), existing.toString());
    }

    /** The path of an entry that cannot be the tree itself. */
    private EntryPath named(byte[] name) throws ArchiveRefusedException {
        EntryPath path = EntryPath.read(name, limits);
        if (path.isRoot()) {
            throw path.refused(Fault.BAD_NAME, "is no directory");
        }
        return path;
    }
}
