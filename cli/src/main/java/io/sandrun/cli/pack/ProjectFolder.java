package io.sandrun.cli.pack;

import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import io.sandrun.runtime.archive.ArchiveSink;
import io.sandrun.runtime.name.GuestName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A folder as it will be packed: what its ignore file leaves in, in the order of the names. Looked at once; found to be
 * within the limits and to have only names and links that the broker takes. Immutable.
 */
public final class ProjectFolder {
    /** Stands for bytes of a name that the file system has and this process cannot say. */
    private static final char UNSAYABLE = '\uFFFD';

    /**
     * What a folder may have.
     *
     * @param bytes of all files together
     * @param entries files, folders and links
     */
    public record Bounds(long bytes, int entries) {}

    /**
     * One file, folder or link.
     *
     * @param path below the folder, with slashes
     * @param sizeBytes of a file, else 0
     * @param target of a symbolic link, else null
     */
    record Entry(
            String path,
            boolean isFolder,
            long sizeBytes,
            boolean executable,
            @Nullable String target) {
        boolean isFile() {
            return !isFolder && target == null;
        }
    }

    private final Path root;
    private final List<Entry> entries;
    private final long bytes;

    private ProjectFolder(Path root, List<Entry> entries) {
        this.root = root;
        this.entries = List.copyOf(entries);
        this.bytes = entries.stream().mapToLong(Entry::sizeBytes).sum();
    }

    /**
     * Looks at a folder.
     *
     * @throws ProjectRefusedException when it cannot be packed
     */
    public static ProjectFolder of(Path root, Bounds bounds) throws IOException {
        Scan scan = new Scan(root, IgnoreRules.of(root), bounds);
        scan.visit(root, List.of());
        ProjectFolder folder = new ProjectFolder(root, scan.found);
        if (folder.entries.isEmpty()) {
            throw new ProjectRefusedException("%s has no files to send. See its %s."
                    .formatted(GuestName.show(root.toString()), IgnoreRules.FILE));
        }
        folder.checkNames(bounds);
        return folder;
    }

    /** How much its files have in all. */
    public long bytes() {
        return bytes;
    }

    public int entryCount() {
        return entries.size();
    }

    /** The paths of its files, in the order of the archive. */
    public List<String> files() {
        return entries.stream().filter(Entry::isFile).map(Entry::path).toList();
    }

    /** The folder as a tar.gz, made while it is read. The same folder gives the same bytes. */
    public InputStream archive() {
        return new FolderArchive(this::content, entries);
    }

    private InputStream content(Entry entry) throws IOException {
        // A link in the file's place would lead anywhere.
        return Files.newInputStream(root.resolve(entry.path()), LinkOption.NOFOLLOW_LINKS);
    }

    /** The broker's own reader tells of names and links what it will tell of them after the upload. */
    private void checkNames(Bounds bounds) throws IOException {
        List<Entry> empty = entries.stream()
                .map(entry -> new Entry(entry.path(), entry.isFolder(), 0, entry.executable(), entry.target()))
                .toList();
        ArchiveLimits limits = ArchiveLimits.within(bounds.bytes(), bounds.entries());
        try (InputStream names = new FolderArchive(entry -> InputStream.nullInputStream(), empty)) {
            new ArchiveReader(limits, ArchiveSink.NOWHERE).read(names);
        } catch (ArchiveRefusedException refused) {
            throw new ProjectRefusedException(
                    String.valueOf(refused.getMessage()).replaceFirst("^The archive's entry", "The folder's"));
        }
    }

    /** One walk through the folder. */
    private static final class Scan {
        private final Path root;
        private final IgnoreRules rules;
        private final Bounds bounds;
        private final List<Entry> found = new ArrayList<>();
        private long bytes;

        Scan(Path root, IgnoreRules rules, Bounds bounds) {
            this.root = root;
            this.rules = rules;
            this.bounds = bounds;
        }

        void visit(Path folder, List<String> path) throws IOException {
            for (String name : names(folder)) {
                Path place = folder.resolve(name);
                List<String> parts = new ArrayList<>(path);
                parts.add(name);
                BasicFileAttributes attributes =
                        Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (rules.leaveOut(parts, attributes.isDirectory())) {
                    continue;
                }
                add(entry(String.join("/", parts), place, attributes));
                if (attributes.isDirectory()) {
                    visit(place, parts);
                }
            }
        }

        private List<String> names(Path folder) throws IOException {
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
                for (Path place : listing) {
                    String name = String.valueOf(place.getFileName());
                    if (name.indexOf(UNSAYABLE) >= 0) {
                        throw refused(place, "has a name that is not UTF-8; rename it, or set LC_ALL=C.UTF-8");
                    }
                    names.add(name);
                }
            } catch (AccessDeniedException denied) {
                throw refused(folder, "cannot be read; leave it out in " + IgnoreRules.FILE);
            }
            Collections.sort(names);
            return names;
        }

        private Entry entry(String path, Path place, BasicFileAttributes attributes) throws IOException {
            if (attributes.isDirectory()) {
                return new Entry(path, true, 0, false, null);
            }
            if (attributes.isSymbolicLink()) {
                return new Entry(
                        path, false, 0, false, Files.readSymbolicLink(place).toString());
            }
            if (!attributes.isRegularFile()) {
                throw refused(place, "is neither file, folder nor link; leave it out in " + IgnoreRules.FILE);
            }
            if (!Files.isReadable(place)) {
                throw refused(place, "cannot be read; leave it out in " + IgnoreRules.FILE);
            }
            return new Entry(path, false, attributes.size(), Files.isExecutable(place), null);
        }

        private void add(Entry entry) throws ProjectRefusedException {
            found.add(entry);
            bytes += entry.sizeBytes();
            if (found.size() > bounds.entries()) {
                throw new ProjectRefusedException(
                        "The folder has more than %,d files and folders. Leave some out in %s."
                                .formatted(bounds.entries(), IgnoreRules.FILE));
            }
            if (bytes > bounds.bytes()) {
                throw new ProjectRefusedException(
                        ("The folder's files up to '%s' have more than the %,d bytes of the job's disk. "
                                        + "Leave some out in %s, or raise --disk-mb.")
                                .formatted(GuestName.show(entry.path()), bounds.bytes(), IgnoreRules.FILE));
            }
        }

        private ProjectRefusedException refused(Path place, String why) {
            String path = root.relativize(place).toString();
            return new ProjectRefusedException("The folder's '%s' %s.".formatted(GuestName.show(path), why));
        }
    }
}
