package io.sandrun.broker.artifact;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * The bytes of artifacts: files beside the database, each stored once under the SHA-256 of its bytes. Thread-safe.
 *
 * <p>Theory of operation: an artifact lives as long as the database refers to it, or somebody who is about to make it
 * do so has a {@link Hold} on it. It comes in this order: bytes on disk under a temporary name, then its name,
 * then the row that refers to it, and only then is the hold given up. It goes in the reverse order: when nothing refers
 * to it the row goes, and after that commit, still on the writer's thread, the artifact is condemned unless it is held.
 * Whoever takes a hold on a condemned artifact reprieves it; what is still condemned when its file's turn comes is
 * deleted. So a crash leaves at worst a file that no row knows, which {@link ArtifactSweep} finds after a start, and
 * never a row without its file.
 */
public final class ArtifactStore {
    private final ArtifactFiles files;
    private final Semaphore receiving = new Semaphore(Limits.TRANSFERS);

    /** Holds on each digest that is held. This and the other two sets, and the files' names, change under one lock. */
    private final Map<String, Integer> held = new HashMap<>();

    /** Digests that nobody holds any more, and that the database may never have heard of. */
    private final Set<String> released = new HashSet<>();

    /** Digests to which nothing refers, whose files are to be deleted. */
    private final Set<String> condemned = new HashSet<>();

    private ArtifactStore(ArtifactFiles files) {
        this.files = files;
    }

    /**
     * Opens the directory, makes it if it is absent, and removes what a crash has left half done. One store at a time.
     *
     * @param freeBytesMin what the disk must have left for more bytes to be taken
     */
    public static ArtifactStore open(Path directory, long freeBytesMin) {
        return new ArtifactStore(ArtifactFiles.open(directory, freeBytesMin));
    }

    /** Whatever is received or held through it is not deleted before it is closed. */
    public Hold hold() {
        return new Hold(this);
    }

    /**
     * Opens an artifact for reading from an offset on; what is open can be read to its end, even if it is deleted.
     *
     * @return empty if it is not there
     * @throws Refusal if the disk refuses
     */
    public Optional<InputStream> open(String sha256, long offset) {
        try {
            FileChannel channel = FileChannel.open(files.path(sha256), StandardOpenOption.READ);
            channel.position(offset);
            return Optional.of(Channels.newInputStream(channel));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException broken) {
            throw files.refused(broken);
        }
    }

    /** @throws Refusal if too many are being received already, or the disk has no room */
    Incoming receive(Hold hold, long bytesMax) {
        files.requireRoom();
        if (!receiving.tryAcquire()) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "Too many files are being uploaded already: come back later.");
        }
        try {
            return new Incoming(files, hold, bytesMax, receiving::release);
        } catch (IOException broken) {
            receiving.release();
            throw files.refused(broken);
        }
    }

    /** Gives received bytes their name, unless the same are there already, and holds them. */
    void place(Path temporary, Artifact artifact, Hold hold) throws IOException {
        synchronized (this) {
            take(artifact.sha256(), hold);
            // Another size than our own bytes': somebody damaged the file, and here are the right ones.
            if (!files.isThere(artifact)) {
                files.place(temporary, artifact.sha256());
            }
        }
        files.discard(temporary);
        // Also if it was there already: whoever brought it may not have come this far yet.
        files.force(artifact.sha256());
    }

    /** Holds an artifact that is there; answers whether it is. */
    synchronized boolean hold(String sha256, Hold hold) {
        boolean isThere = Files.exists(files.path(sha256));
        if (isThere) {
            take(sha256, hold);
        }
        return isThere;
    }

    private void take(String sha256, Hold hold) {
        if (hold.add(sha256)) {
            held.merge(sha256, 1, Integer::sum);
        }
        condemned.remove(sha256);
    }

    synchronized void release(Collection<String> digests) {
        for (String sha256 : digests) {
            if (held.merge(sha256, -1, Integer::sum) == 0) {
                held.remove(sha256);
                released.add(sha256);
            }
        }
    }

    /** Digests that nobody holds any more, since the last call. */
    synchronized Set<String> takeReleased() {
        Set<String> taken = new HashSet<>(released);
        released.clear();
        return taken;
    }

    /** Gives back what was taken, for a later call. */
    synchronized void putBack(Collection<String> digests) {
        released.addAll(digests);
    }

    /**
     * Marks artifacts for deletion to which the database has just ceased to refer. To be called after that commit, on
     * the writer's thread: so that whoever refers to one of them again has a hold on it by now, or does not have one
     * yet.
     */
    synchronized void condemn(Collection<String> digests) {
        for (String sha256 : digests) {
            if (!held.containsKey(sha256)) {
                condemned.add(sha256);
            }
        }
    }

    /** Deletes what is condemned, unless somebody has taken a hold on it meanwhile; answers how many. */
    int deleteCondemned() {
        List<Path> removed = new ArrayList<>();
        for (String sha256 : condemned()) {
            remove(sha256).ifPresent(removed::add);
        }
        // Outside the lock: a large file takes its time.
        removed.forEach(files::discard);
        return removed.size();
    }

    private synchronized Set<String> condemned() {
        return Set.copyOf(condemned);
    }

    private synchronized Optional<Path> remove(String sha256) {
        try {
            return condemned.remove(sha256) ? Optional.of(files.remove(sha256)) : Optional.empty();
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        } catch (IOException broken) {
            // The next start finds it.
            files.refused(broken);
            return Optional.empty();
        }
    }

    /** The digests in one of the 256 outer folders. */
    List<String> digests(int outer) {
        return files.digests(outer);
    }
}
