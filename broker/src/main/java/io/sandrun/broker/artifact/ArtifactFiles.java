package io.sandrun.broker.artifact;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.store.DiskRoom;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of artifacts: {@code ab/cd/abcd...} for each, so that no directory grows large, and beside them {@code
 * incoming} for files on their way in or out, which a start empties. Thread-safe, except that a digest's coming and
 * going is {@link ArtifactStore}'s to keep apart.
 */
final class ArtifactFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactFiles.class);
    private static final String INCOMING = "incoming";
    private static final int FAN_OUT_CHARACTERS = 2;

    private final Path root;
    private final Path incoming;
    private final DiskRoom room;
    private final AtomicLong temporaries = new AtomicLong();

    private ArtifactFiles(Path root, long freeBytesMin) throws IOException {
        this.root = root;
        this.incoming = root.resolve(INCOMING);
        Files.createDirectories(incoming);
        this.room = new DiskRoom(root, freeBytesMin);
    }

    /** Makes the directory if it is absent, and removes what a crash has left half done. */
    static ArtifactFiles open(Path root, long freeBytesMin) {
        try {
            ArtifactFiles files = new ArtifactFiles(root, freeBytesMin);
            files.removeLeftovers();
            return files;
        } catch (IOException broken) {
            throw new UncheckedIOException("Artifacts cannot be kept in " + root + ": " + broken.getMessage(), broken);
        }
    }

    private void removeLeftovers() throws IOException {
        try (Stream<Path> leftovers = Files.list(incoming)) {
            for (Path leftover : (Iterable<Path>) leftovers::iterator) {
                Files.deleteIfExists(leftover);
            }
        }
    }

    /** A name that nobody has used, in the same file system as every artifact. */
    Path temporary() {
        return incoming.resolve(Long.toString(temporaries.incrementAndGet()));
    }

    Path path(String sha256) {
        return folder(sha256).resolve(sha256);
    }

    private Path folder(String sha256) {
        return root.resolve(sha256.substring(0, FAN_OUT_CHARACTERS))
                .resolve(sha256.substring(FAN_OUT_CHARACTERS, 2 * FAN_OUT_CHARACTERS));
    }

    boolean isThere(Artifact artifact) throws IOException {
        try {
            return Files.size(path(artifact.sha256())) == artifact.sizeBytes();
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    /** Gives a file its name; it is on disk with its name after {@link #force}. */
    void place(Path temporary, String sha256) throws IOException {
        Files.createDirectories(folder(sha256));
        Files.move(temporary, path(sha256), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes names durable: those of the file, and of its folders, which may be new. */
    void force(String sha256) throws IOException {
        Path folder = folder(sha256);
        for (Path directory : List.of(folder, folder.getParent(), root)) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Takes a file's name away at once; its bytes go with {@link #discard} of what is answered. */
    Path remove(String sha256) throws IOException {
        Path removed = temporary();
        Files.move(path(sha256), removed, StandardCopyOption.ATOMIC_MOVE);
        return removed;
    }

    /** Deletes a temporary file. One that cannot be deleted now is deleted at the next start. */
    void discard(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException broken) {
            LOG.warn("A temporary file of an artifact stays until the next start: {}", broken.toString());
        }
    }

    /** The digests in one of the 256 outer folders; whatever else lies there is nobody's business. */
    List<String> digests(int outer) {
        Path folder = root.resolve(String.format("%02x", outer));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder, 2)) {
            return all.map(file -> file.getFileName().toString())
                    .filter(Artifact::isDigest)
                    .toList();
        } catch (IOException | UncheckedIOException broken) {
            LOG.warn("The folder {} of artifacts cannot be read: {}", folder, broken.toString());
            return List.of();
        }
    }

    /** @throws Refusal if the disk has less room left than it should have */
    void requireRoom() {
        try {
            room.require();
        } catch (IOException broken) {
            throw refused(broken);
        }
    }

    /** What the caller hears of a disk that refuses; its operator finds the reason in the log. */
    Refusal refused(IOException broken) {
        LOG.error("The directory of artifacts refuses: {}", broken.toString());
        return new Refusal(ErrorCode.UNAVAILABLE, "The broker's disk refuses to do this; its log has the reason.");
    }
}
