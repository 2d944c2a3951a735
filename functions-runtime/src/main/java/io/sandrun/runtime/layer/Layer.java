package io.sandrun.runtime.layer;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A tree that is there for every job that has its key. As long as somebody holds it open, it stays. Guarded by its
 * store; {@link #close} is thread-safe and to be called once by each holder.
 */
public final class Layer implements AutoCloseable {
    private final LayerStore<?> store;
    private final String key;
    private final Path directory;
    private final long bytes;
    private final Instant made;
    Instant used;
    int holders;
    boolean isDismissed;

    Layer(LayerStore<?> store, String key, Path directory, long bytes, Instant made, Instant used) {
        this.store = store;
        this.key = key;
        this.directory = directory;
        this.bytes = bytes;
        this.made = made;
        this.used = used;
    }

    public String key() {
        return key;
    }

    /** Its files; nobody writes to them. */
    public Path tree() {
        return directory.resolve(LayerStore.TREE);
    }

    public long bytes() {
        return bytes;
    }

    Path directory() {
        return directory;
    }

    Instant made() {
        return made;
    }

    /** Lets go of it. */
    @Override
    public void close() {
        store.release(this);
    }
}
