package io.sandrun.broker.artifact;

import io.sandrun.broker.Refusal;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps artifacts from being deleted that the database does not refer to yet: to be closed when it does, or when nobody
 * will make it do so. Whoever accepts a job takes the hold over and closes it. Thread-safe.
 */
public final class Hold implements AutoCloseable {
    private final @Nullable ArtifactStore store;
    private final Set<String> digests = new HashSet<>();
    private boolean closed;

    Hold(@Nullable ArtifactStore store) {
        this.store = store;
    }

    /** For whoever has no artifacts. */
    public static Hold ofNothing() {
        return new Hold(null);
    }

    /**
     * Begins to receive an artifact, which this holds once it is kept.
     *
     * @param bytesMax beyond this it is refused
     * @throws Refusal if too many are being received already, or the disk has no room
     */
    public Incoming receive(long bytesMax) {
        return store().receive(this, bytesMax);
    }

    /** Holds an artifact that is there already; answers whether it is. */
    public boolean take(String sha256) {
        return store().hold(sha256, this);
    }

    /** Whether this holds the artifact. */
    public synchronized boolean has(String sha256) {
        return !closed && digests.contains(sha256);
    }

    private ArtifactStore store() {
        if (store == null) {
            throw new IllegalStateException("this hold is for whoever has no artifacts");
        }
        return store;
    }

    ArtifactStore owner() {
        return store();
    }

    /** Notes a digest; answers whether it is new to this hold. With the store's lock held. */
    synchronized boolean add(String sha256) {
        if (closed) {
            throw new IllegalStateException("this hold is closed");
        }
        return digests.add(sha256);
    }

    /** A second call does nothing. */
    @Override
    public void close() {
        Set<String> released;
        synchronized (this) {
            closed = true;
            released = Set.copyOf(digests);
            digests.clear();
        }
        if (store != null && !released.isEmpty()) {
            store.release(released);
        }
    }
}
