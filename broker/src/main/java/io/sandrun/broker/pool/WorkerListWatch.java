package io.sandrun.broker.pool;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a pool's workers file again whenever it changes.
 *
 * <p>Theory of operation: the directory is watched and not the file, since a careful writer replaces the file by
 * renaming another one onto it. Network file systems tell nothing of what other machines write, so the file is also
 * looked at once in a while. What counts is its content: a look that finds the same entries does nothing, and one that
 * finds what cannot be taken says so once and leaves the list as it is. Has one thread, which it stops.
 */
public final class WorkerListWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerListWatch.class);

    /** How late a change is noticed where the file system tells nothing. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(15);

    /** A writer that does not rename needs a moment between the first byte and the last, milliseconds. */
    private static final long QUIET_MS = 50;

    /** After so many changes in a row it is looked at all the same: something else in the directory never rests. */
    private static final int CHANGES_AT_ONCE = 20;

    private static final long STOP_TIMEOUT_MS = 2_000;

    private final Pool pool;
    private final Path file;
    private final Consumer<Set<String>> changed;
    private final @Nullable WatchService events;
    private final CountDownLatch never = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "sandrun-workers");
    private @Nullable WatchKey watched;
    private String lastFault = "";

    private WorkerListWatch(Pool pool, Path file, Consumer<Set<String>> changed) {
        this.pool = pool;
        this.file = file.toAbsolutePath();
        this.changed = changed;
        this.events = watchService();
        watchDirectory();
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Watches the file of a trusted pool; empty for an open one.
     *
     * @param changed told after each change, on the watch's thread, of the keys that are not on the list any more
     */
    public static Optional<WorkerListWatch> start(Pool pool, Consumer<Set<String>> changed) {
        return pool.file().map(file -> new WorkerListWatch(pool, file, changed));
    }

    private static @Nullable WatchService watchService() {
        try {
            return FileSystems.getDefault().newWatchService();
        } catch (IOException blind) {
            LOG.warn("No events of files here ({}): the workers file is looked at every {} s", blind, LOOK_EVERY);
            return null;
        }
    }

    /** Also again, where the directory was replaced. */
    private void watchDirectory() {
        if (events == null || (watched != null && watched.isValid())) {
            return;
        }
        try {
            watched = Objects.requireNonNull(file.getParent())
                    .register(
                            events,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException blind) {
            LOG.debug("{} cannot be watched just now", file, blind);
        }
    }

    private void run() {
        try {
            // Once at the start: it may have changed between its first reading and the watch.
            look();
            while (true) {
                if (isTold()) {
                    look();
                }
                watchDirectory();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a change, or for the time at which one looks without being told. */
    private boolean isTold() throws InterruptedException {
        if (events == null) {
            var unused = never.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        }
        WatchKey key = events.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        boolean concerned = key == null;
        for (int count = 1; key != null; count++) {
            concerned |= isConcerned(key);
            key = count < CHANGES_AT_ONCE ? events.poll(QUIET_MS, TimeUnit.MILLISECONDS) : null;
        }
        return concerned;
    }

    private boolean isConcerned(WatchKey key) {
        boolean concerned = false;
        // A link's target is elsewhere: whatever happens in the directory may have replaced the link.
        boolean isLink = Files.isSymbolicLink(file);
        for (WatchEvent<?> event : key.pollEvents()) {
            Object name = event.context();
            concerned |= isLink || name == null || name.equals(file.getFileName());
        }
        return !key.reset() || concerned;
    }

    private void look() {
        try {
            Optional<Set<String>> removed = pool.reread();
            lastFault = "";
            removed.ifPresent(changed);
        } catch (WorkerListException wrong) {
            String fault = String.valueOf(wrong.getMessage());
            if (!fault.equals(lastFault)) {
                lastFault = fault;
                LOG.warn("The pool keeps the list that it has: {}", fault);
            }
        } catch (RuntimeException failed) {
            LOG.error("A change of the workers file could not be followed", failed);
        }
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        if (events != null) {
            events.close();
        }
    }
}
