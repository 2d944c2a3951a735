package io.sandrun.runtime.layer;

import io.sandrun.runtime.Cancellation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The layers of one agent, in one directory that is its alone. Thread-safe. What two want at one time is made once;
 * what takes too much room goes, the least recently used first; what is too old is made anew, so that a requirement
 * without a version does not stay what it was for ever.
 *
 * @param <R> what makers tell, see {@link LayerBuild}
 */
public final class LayerStore<R> {
    static final String TREE = "tree";

    /** Builds have limits of their own; this is for one whose end was never told. */
    private static final long MOST_WAIT_HOURS = 2;

    private final LayerFiles files;
    private final LayerKeeping keeping;
    private final LongSupplier freeBytes;
    private final Clock clock;
    private final Map<String, Layer> layers = new HashMap<>();
    private final Map<String, CompletableFuture<LayerBuild.Built<R>>> builds = new HashMap<>();

    /** Out of the books already; their files go when nobody waits for this store. */
    private final Queue<Layer> leaving = new ConcurrentLinkedQueue<>();

    /**
     * What somebody who wanted a layer gets.
     *
     * @param layer to be closed by the receiver; empty when there is none
     * @param report of the build that was needed; empty when the layer was there
     */
    public record Obtained<R>(Optional<Layer> layer, Optional<R> report) {}

    private LayerStore(LayerFiles files, LayerKeeping keeping, LongSupplier freeBytes, Clock clock) {
        this.files = files;
        this.keeping = keeping;
        this.freeBytes = freeBytes;
        this.clock = clock;
    }

    /**
     * Takes over a directory and removes what is half-built, too old or too much.
     *
     * @param directory made if absent
     */
    public static <R> LayerStore<R> open(Path directory, LayerKeeping keeping, Clock clock) throws IOException {
        LayerFiles files = new LayerFiles(directory);
        return open(files, keeping, files::freeBytes, clock);
    }

    /** @param freeBytes of the disk */
    static <R> LayerStore<R> open(LayerFiles files, LayerKeeping keeping, LongSupplier freeBytes, Clock clock)
            throws IOException {
        LayerStore<R> store = new LayerStore<>(files, keeping, freeBytes, clock);
        for (Layer layer : store.files.load(store)) {
            store.takeOver(layer);
        }
        store.evict();
        return store;
    }

    /** Of two with one key, which a crash between a new one and its predecessor's end leaves, the newer is kept. */
    private synchronized void takeOver(Layer layer) {
        Layer other = layers.get(layer.key());
        boolean isNewer = other == null || layer.made().isAfter(other.made());
        if (isNewer) {
            layers.put(layer.key(), layer);
        }
        Layer superfluous = isNewer ? other : layer;
        if (superfluous != null) {
            leaving.add(superfluous);
        }
    }

    /**
     * The layer with that key, made by this build or by somebody else's at the same time.
     *
     * @param key 64 lower-case hexadecimal digits
     * @throws CancellationException when the run was cancelled while it waited for another's build
     * @throws IOException when the build failed by a fault of this node, such as a disk that has no room
     */
    public Obtained<R> obtain(String key, LayerBuild<R> build, Cancellation cancellation) throws IOException {
        while (true) {
            CompletableFuture<LayerBuild.Built<R>> mine = new CompletableFuture<>();
            CompletableFuture<LayerBuild.Built<R>> others;
            synchronized (this) {
                Optional<Layer> present = hold(key);
                if (present.isPresent()) {
                    return new Obtained<>(present, Optional.empty());
                }
                others = builds.putIfAbsent(key, mine);
            }
            if (others == null) {
                return build(key, build, mine);
            }
            LayerBuild.Built<R> built = await(others, cancellation);
            if (built.fate() == LayerBuild.Fate.FAIL) {
                return new Obtained<>(Optional.empty(), Optional.of(built.report()));
            }
        }
    }

    private static <T> T await(CompletableFuture<T> others, Cancellation cancellation) throws IOException {
        CompletableFuture<T> waiting = others.copy();
        cancellation.wakeUpWith(() -> waiting.cancel(false));
        try {
            return waiting.get(MOST_WAIT_HOURS, TimeUnit.HOURS);
        } catch (ExecutionException failed) {
            throw new IOException("the installation that another job began has failed", failed);
        } catch (TimeoutException endless) {
            throw new IOException("the installation that another job began does not end", endless);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
        } finally {
            cancellation.wakeUpWith(null);
        }
    }

    private Obtained<R> build(String key, LayerBuild<R> build, CompletableFuture<LayerBuild.Built<R>> mine)
            throws IOException {
        Layer layer = null;
        try (LayerFiles.Draft draft = files.begin(key)) {
            requireRoom();
            LayerBuild.Built<R> built = build.into(draft.tree());
            if (built.fate() == LayerBuild.Fate.KEEP) {
                Path directory = draft.keep(built.bytes(), clock.instant());
                layer = add(new Layer(this, key, directory, built.bytes(), clock.instant(), clock.instant()));
            }
            finish(key);
            mine.complete(built);
            return new Obtained<>(Optional.ofNullable(layer), Optional.of(built.report()));
        } catch (IOException | RuntimeException | Error failed) {
            finish(key);
            mine.completeExceptionally(failed);
            throw failed;
        } finally {
            evict();
        }
    }

    private void requireRoom() throws IOException {
        evict();
        long free = freeBytes.getAsLong();
        if (free < keeping.leftBytes()) {
            throw new IOException(
                    "the node's disk has no room for packages: %,d bytes are free, and %,d are to be left free"
                            .formatted(free, keeping.leftBytes()));
        }
    }

    private synchronized void finish(String key) {
        builds.remove(key);
    }

    private synchronized Layer add(Layer layer) {
        layer.holders = 1;
        layers.put(layer.key(), layer);
        return layer;
    }

    /** Callers hold the monitor. */
    private Optional<Layer> hold(String key) {
        Layer layer = layers.get(key);
        if (layer == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (isTooOld(layer, now)) {
            dismiss(layer);
            return Optional.empty();
        }
        layer.holders++;
        layer.used = now;
        files.noteUse(layer.directory(), now);
        return Optional.of(layer);
    }

    private boolean isTooOld(Layer layer, Instant now) {
        return layer.made().plus(keeping.mostAge()).isBefore(now);
    }

    /** Nobody gets it any more; its files go with the last who holds it. Callers hold the monitor. */
    private void dismiss(Layer layer) {
        layers.remove(layer.key());
        layer.isDismissed = true;
        if (layer.holders == 0) {
            leaving.add(layer);
        }
    }

    void release(Layer layer) {
        synchronized (this) {
            layer.holders--;
            if (layer.isDismissed && layer.holders == 0) {
                leaving.add(layer);
            }
        }
        evict();
    }

    /** Not under the monitor: a large tree takes seconds to remove, in which others get theirs. */
    private void evict() {
        chooseVictims(keeping.leftBytes() - freeBytes.getAsLong());
        for (Layer layer = leaving.poll(); layer != null; layer = leaving.poll()) {
            files.remove(layer.directory());
        }
    }

    /**
     * Takes them out of the books, so that nobody gets them while their files go.
     *
     * @param missingBytes of what the disk shall have left
     */
    private synchronized void chooseVictims(long missingBytes) {
        Instant now = clock.instant();
        List<Layer> idle = new ArrayList<>(
                layers.values().stream().filter(layer -> layer.holders == 0).toList());
        idle.sort(Comparator.comparing(layer -> layer.used));
        long toGo = Math.max(bytes() - keeping.mostBytes(), missingBytes);
        for (Layer layer : idle) {
            if (toGo > 0 || isTooOld(layer, now)) {
                toGo -= layer.bytes();
                dismiss(layer);
            }
        }
    }

    /** Of all layers. */
    public synchronized long bytes() {
        return layers.values().stream().mapToLong(Layer::bytes).sum();
    }

    /** Whether that one is there. */
    public synchronized boolean contains(String key) {
        return layers.containsKey(key);
    }
}
