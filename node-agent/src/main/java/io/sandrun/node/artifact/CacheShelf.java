package io.sandrun.node.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps account of the files of a cache: which are used, which was not used for longest, how much it is in all. The
 * time of a file's last use is its time of modification, so that the order outlives the agent. Thread-safe.
 */
final class CacheShelf {
    private static final Logger log = LoggerFactory.getLogger(CacheShelf.class);

    private final long maxBytes;

    /** By digest, the one first that was not used for longest. */
    private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    private long totalBytes;
    private long reservedBytes;

    private final class Entry implements ArtifactCache.Pinned {
        private final Path path;
        private final long sizeBytes;
        private int pins;

        /** As it was when its bytes were known to be right; null when they were not looked at. */
        private @Nullable FileTime trustedTime;

        Entry(Path path, long sizeBytes) {
            this.path = path;
            this.sizeBytes = sizeBytes;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public void close() {
            unpin(this);
        }
    }

    CacheShelf(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes a file in, as the one that was used last; nothing is known of its bytes. */
    synchronized void add(Path file) {
        try {
            Entry entry = new Entry(file, Files.size(file));
            entries.put(file.getFileName().toString(), entry);
            totalBytes += entry.sizeBytes;
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** Takes a file in whose bytes were seen to be right just now, and pins it. */
    synchronized ArtifactCache.Pinned addPinned(Path file) {
        add(file);
        Entry entry = Objects.requireNonNull(entries.get(file.getFileName().toString()));
        touch(entry);
        entry.pins++;
        return entry;
    }

    /** Pins it, if it is there and as it was when its bytes were seen to be right. */
    synchronized Optional<ArtifactCache.Pinned> pinIfUntouched(String sha256) {
        Entry entry = entries.get(sha256);
        if (entry == null || entry.trustedTime == null || !isUntouched(entry, entry.trustedTime)) {
            return Optional.empty();
        }
        touch(entry);
        entry.pins++;
        return Optional.of(entry);
    }

    /** Pins it whatever its bytes are. */
    synchronized Optional<ArtifactCache.Pinned> pin(String sha256) {
        Entry entry = entries.get(sha256);
        if (entry != null) {
            entry.pins++;
        }
        return Optional.ofNullable(entry);
    }

    /** Its bytes were seen to be right just now. */
    synchronized void trust(String sha256) {
        Entry entry = entries.get(sha256);
        if (entry != null) {
            touch(entry);
        }
    }

    /** Its bytes are not right: it is none of ours any more. */
    synchronized void remove(String sha256) {
        Entry entry = entries.remove(sha256);
        if (entry != null) {
            totalBytes -= entry.sizeBytes;
        }
    }

    /** Makes room for so much more, as far as it can be made; a negative number gives it up again. */
    synchronized void reserve(long bytes) {
        reservedBytes += bytes;
        trim();
    }

    private synchronized void unpin(Entry entry) {
        entry.pins--;
        trim();
    }

    /** Throws away what was not used for longest, until the rest is within the bound or in use. */
    synchronized void trim() {
        Iterator<Entry> oldestFirst = entries.values().iterator();
        while (totalBytes + reservedBytes > maxBytes && oldestFirst.hasNext()) {
            Entry entry = oldestFirst.next();
            if (entry.pins == 0) {
                oldestFirst.remove();
                totalBytes -= entry.sizeBytes;
                delete(entry.path);
            }
        }
    }

    private static boolean isUntouched(Entry entry, FileTime trustedTime) {
        try {
            return Files.size(entry.path) == entry.sizeBytes
                    && Files.getLastModifiedTime(entry.path).equals(trustedTime);
        } catch (IOException gone) {
            return false;
        }
    }

    private static void touch(Entry entry) {
        try {
            Files.setLastModifiedTime(entry.path, FileTime.fromMillis(System.currentTimeMillis()));
            entry.trustedTime = Files.getLastModifiedTime(entry.path);
        } catch (IOException gone) {
            entry.trustedTime = null;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException kept) {
            log.warn("{} cannot be deleted: {}", file, kept.getMessage());
        }
    }
}
