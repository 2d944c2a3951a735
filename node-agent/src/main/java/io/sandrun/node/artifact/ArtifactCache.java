package io.sandrun.node.artifact;

import io.sandrun.node.attempt.AttemptFailedException;
import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.JobFiles.Input;
import io.sandrun.protocol.Limits;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts that jobs of this node have as inputs, each fetched once. Thread-safe.
 *
 * <p>Theory of operation: an artifact is a file under its digest, which appears there when all of it has come and has
 * that digest. Whoever wants it pins it; what is pinned stays. Of several that want one at the same time the first
 * brings it, the others wait; should the first give up, the next tries. A file that is not as it was left, or that an
 * earlier run of the agent has left, is read and compared with its name before it is used: one that differs is fetched
 * again.
 */
public final class ArtifactCache {
    private static final Logger log = LoggerFactory.getLogger(ArtifactCache.class);
    private static final String UNFINISHED = ".part";

    /** What the disk must have left beside an artifact: for reports, logs and whatever else lives there. */
    private static final long SPARE_BYTES = 64L << 20;

    private final Path directory;
    private final CacheShelf shelf;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    /** Where artifacts come from. */
    interface Origin {
        /** Writes the artifact, and returns when the file has all of it and its digest was seen to be right. */
        void fetch(Input input, Path target) throws AttemptFailedException, IOException;
    }

    /** An artifact that stays where it is until this is closed. */
    public interface Pinned extends AutoCloseable {
        Path path();

        @Override
        void close();
    }

    /**
     * Opens the cache with whatever earlier runs of the agent have left.
     *
     * @param maxBytes of artifacts that nobody uses; what running jobs use comes on top where it has to
     */
    public ArtifactCache(Path directory, long maxBytes) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.shelf = new CacheShelf(maxBytes);
        CacheContents contents = CacheContents.scan(directory);
        for (Path rest : contents.rest()) {
            Files.deleteIfExists(rest);
        }
        contents.artifacts().forEach(shelf::add);
        shelf.trim();
    }

    /**
     * Brings an artifact, from the disk or its origin, for an attempt that waits for it.
     *
     * @throws AttemptFailedException when it cannot be had
     * @throws java.util.concurrent.CancellationException when nobody wants the attempt any more
     */
    Pinned bring(Input input, HeldAttempt attempt, Origin origin) throws AttemptFailedException, IOException {
        while (true) {
            attempt.requireWanted();
            var ready = shelf.pinIfUntouched(input.sha256());
            if (ready.isPresent()) {
                return ready.get();
            }
            CompletableFuture<Void> mine = new CompletableFuture<>();
            CompletableFuture<Void> others = underWay.putIfAbsent(input.sha256(), mine);
            if (others != null) {
                attempt.await(others, Duration.ofSeconds(Limits.TRANSFER_SECONDS_MAX));
                continue;
            }
            try {
                return compareOrFetch(input, origin);
            } finally {
                underWay.remove(input.sha256());
                mine.complete(null);
            }
        }
    }

    private Pinned compareOrFetch(Input input, Origin origin) throws AttemptFailedException, IOException {
        Path file = directory.resolve(input.sha256());
        var present = shelf.pin(input.sha256());
        if (present.isPresent()) {
            if (isIntact(file, input)) {
                shelf.trust(input.sha256());
                return present.get();
            }
            log.warn("{} was damaged on the disk: it is fetched again", file);
            shelf.remove(input.sha256());
            Files.deleteIfExists(file);
        }
        shelf.reserve(input.sizeBytes());
        try {
            fetch(input, file, origin);
            return shelf.addPinned(file);
        } finally {
            shelf.reserve(-input.sizeBytes());
        }
    }

    private void fetch(Input input, Path file, Origin origin) throws AttemptFailedException, IOException {
        long freeBytes = Files.getFileStore(directory).getUsableSpace();
        if (freeBytes < input.sizeBytes() + SPARE_BYTES) {
            throw new AttemptFailedException(
                    Outcome.SANDBOX_ERROR,
                    "The node's disk has no room for an input of the job, %d bytes large: %d bytes are free."
                            .formatted(input.sizeBytes(), freeBytes));
        }
        Path unfinished = directory.resolve(input.sha256() + UNFINISHED);
        try {
            origin.fetch(input, unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static boolean isIntact(Path file, Input input) {
        try {
            return Files.size(file) == input.sizeBytes()
                    && ArtifactDigest.of(file).equals(input.sha256());
        } catch (IOException unreadable) {
            return false;
        }
    }
}
