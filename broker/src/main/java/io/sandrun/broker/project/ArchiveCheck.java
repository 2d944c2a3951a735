package io.sandrun.broker.project;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.artifact.ArtifactStore;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.archive.ArchiveReader;
import io.sandrun.runtime.archive.ArchiveRefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads the archives of projects from the store, to their last byte, within what the largest job's disk could hold.
 * Thread-safe. Reading takes CPU time, so that few do it at once; an archive that came before is remembered.
 */
final class ArchiveCheck {
    /** Half of the machine at most: claims and reports must go on. */
    private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /** How long an upload waits for its turn, seconds: a few of the largest archives take that. */
    private static final int TURN_SECONDS = 60;

    /** Names of archives that came before, bytes, about. */
    private static final long REMEMBERED_BYTES = 16L << 20;

    private final ArtifactStore artifacts;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);
    private final Cache<String, ProjectTree> remembered = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_BYTES)
            .<String, ProjectTree>weigher((sha256, tree) -> tree.weight())
            // Its upkeep is a few steps: not worth a thread that nobody stops.
            .executor(Runnable::run)
            .build();

    ArchiveCheck(ArtifactStore artifacts) {
        this.artifacts = artifacts;
    }

    /**
     * What these files make together.
     *
     * @throws Refusal if an archive is not taken, two files have one name, or too many archives are being read
     */
    ProjectTree read(List<Received> files) {
        String soleArchive = files.size() == 1 && files.get(0).isArchive()
                ? files.get(0).artifact().sha256()
                : null;
        ProjectTree known = soleArchive == null ? null : remembered.getIfPresent(soleArchive);
        if (known != null) {
            return known;
        }
        ProjectTree tree = files.stream().anyMatch(Received::isArchive) ? readInTurn(files) : readAll(files);
        if (soleArchive != null) {
            remembered.put(soleArchive, tree);
        }
        return tree;
    }

    private ProjectTree readInTurn(List<Received> files) {
        try {
            if (!turns.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS)) {
                throw new Refusal(ErrorCode.RATE_LIMITED, "Many archives are being read already: come back later.");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Refusal.stopping();
        }
        try {
            return readAll(files);
        } finally {
            turns.release();
        }
    }

    private ProjectTree readAll(List<Received> files) {
        TreeReading reading = new TreeReading();
        ArchiveReader reader = new ArchiveReader(Upload.LIMITS, reading);
        long archiveBytes = 0;
        byte[] loneJobJson = null;
        for (Received file : files) {
            String path = file.path();
            if (path == null) {
                readArchive(reader, file);
                archiveBytes += file.artifact().sizeBytes();
            } else {
                admit(reader, file, path);
                reading.addToDisk(file.artifact().sizeBytes());
                loneJobJson = path.equals(ProjectTree.JOB_JSON) ? head(file) : loneJobJson;
            }
        }
        return reading.tree(archiveBytes, loneJobJson);
    }

    private void readArchive(ArchiveReader reader, Received file) {
        try (InputStream bytes = new BufferedInputStream(open(file))) {
            reader.read(bytes);
        } catch (ArchiveRefusedException refused) {
            throw ArchiveRefusals.of(refused, file.shown());
        } catch (IOException broken) {
            throw unreadable();
        }
    }

    private static void admit(ArchiveReader reader, Received file, String path) {
        try {
            reader.admit(path, file.artifact().sizeBytes());
        } catch (ArchiveRefusedException refused) {
            throw ArchiveRefusals.of(refused, file.shown());
        } catch (IOException impossible) {
            throw new IllegalStateException("nothing is written", impossible);
        }
    }

    private byte[] head(Received file) {
        try (InputStream bytes = open(file)) {
            return bytes.readNBytes(Limits.MANIFEST_BYTES + 1);
        } catch (IOException broken) {
            throw unreadable();
        }
    }

    private InputStream open(Received file) {
        return artifacts.open(file.artifact().sha256(), 0).orElseThrow(ArchiveCheck::unreadable);
    }

    private static Refusal unreadable() {
        return new Refusal(ErrorCode.UNAVAILABLE, "The broker cannot read what it has just kept: try again.");
    }
}
