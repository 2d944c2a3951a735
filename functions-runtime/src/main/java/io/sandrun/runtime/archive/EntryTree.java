package io.sandrun.runtime.archive;

import io.sandrun.runtime.archive.ArchiveRefusedException.Fault;
import java.io.IOException;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The names that were unpacked so far. Siblings are told apart as the least capable of file systems would: without
 * regard to case and to Unicode normalisation. Not thread-safe.
 */
final class EntryTree {
    private enum Kind {
        FILE,
        LINK,
        DIRECTORY,
        /** A directory that no entry of its own has named yet. */
        IMPLIED
    }

    private static final class Node {
        private final String name;
        private Kind kind;
        private @Nullable Map<String, Node> children;

        Node(String name, Kind kind) {
            this.name = name;
            this.kind = kind;
        }

        boolean isDirectory() {
            return kind == Kind.DIRECTORY || kind == Kind.IMPLIED;
        }

        Map<String, Node> children() {
            if (children == null) {
                children = new HashMap<>();
            }
            return children;
        }
    }

    /** Told of every directory that a path implies, parents first. */
    interface NewDirectory {
        void make(String path) throws IOException;
    }

    private final int maxEntries;
    private final Node root = new Node("", Kind.DIRECTORY);
    private int entries;
    private long characters;

    EntryTree(int maxEntries) {
        this.maxEntries = maxEntries;
    }

    void addFile(EntryPath path, NewDirectory implied) throws IOException {
        add(path, Kind.FILE, implied);
    }

    void addLink(EntryPath path, NewDirectory implied) throws IOException {
        add(path, Kind.LINK, implied);
    }

    /** @return whether it is new, and not known from the path of an entry before */
    boolean addDirectory(EntryPath path, NewDirectory implied) throws IOException {
        return add(path, Kind.DIRECTORY, implied);
    }

    boolean isFile(EntryPath path) {
        Node node = root;
        for (String part : path.parts()) {
            Node child = node.children == null ? null : node.children.get(folded(part));
            if (child == null || !child.name.equals(part)) {
                return false;
            }
            node = child;
        }
        return node.kind == Kind.FILE;
    }

    private boolean add(EntryPath path, Kind kind, NewDirectory implied) throws IOException {
        Node parent = root;
        int last = path.parts().size() - 1;
        for (int index = 0; index < last; index++) {
            Node child = find(parent, path, index);
            if (child == null) {
                child = grow(parent, path, index, Kind.IMPLIED);
                implied.make(path.upTo(index));
            }
            if (!child.isDirectory()) {
                throw path.refused(Fault.BELOW_NO_DIRECTORY, "lies below a file or a link");
            }
            parent = child;
        }
        Node present = find(parent, path, last);
        if (present == null) {
            grow(parent, path, last, kind);
            return true;
        }
        if (present.kind == Kind.IMPLIED && kind == Kind.DIRECTORY) {
            present.kind = Kind.DIRECTORY;
            return false;
        }
        throw path.refused(Fault.DUPLICATE, "is there twice");
    }

    private static @Nullable Node find(Node parent, EntryPath path, int index) throws ArchiveRefusedException {
        String part = path.parts().get(index);
        Node child = parent.children == null ? null : parent.children.get(folded(part));
        if (child != null && !child.name.equals(part)) {
            throw path.refused(
                    Fault.LOOKALIKE, "has the name of another but for case or the way in which letters are composed");
        }
        return child;
    }

    private Node grow(Node parent, EntryPath path, int index, Kind kind) throws ArchiveRefusedException {
        String part = path.parts().get(index);
        entries++;
        characters += part.length();
        if (entries > maxEntries || characters > ArchiveLimits.NAME_CHARACTERS) {
            throw path.refused(
                    Fault.TOO_MANY_ENTRIES, "is one too many: " + maxEntries + " files and directories are allowed");
        }
        Node child = new Node(part, kind);
        parent.children().put(folded(part), child);
        return child;
    }

    private static String folded(String name) {
        for (int index = 0; index < name.length(); index++) {
            if (name.charAt(index) >= 0x80) {
                // Upper first: some letters, such as the German sharp s, have more than one lower form.
                String decomposed = Normalizer.normalize(name, Normalizer.Form.NFD);
                String lower = decomposed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
                return Normalizer.normalize(lower, Normalizer.Form.NFC);
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }
}
