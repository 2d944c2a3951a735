package io.sandrun.node.policy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until something happens in the directories of some files. Directories are watched and not files, since a
 * careful writer replaces a file by renaming another one onto it. For one thread, from when it is made.
 */
final class FileChanges implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileChanges.class);

    /** A writer that does not rename needs a moment between the first byte and the last, milliseconds. */
    private static final long QUIET_MS = 50;

    /** After so many changes in a row one looks all the same: something else in the directory never rests. */
    private static final int CHANGES_AT_ONCE = 20;

    private final List<Path> directories;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final CountDownLatch never = new CountDownLatch(1);
    private final @Nullable WatchService events;

    FileChanges(List<Path> files) {
        this.directories = files.stream()
                .map(file -> file.toAbsolutePath().getParent())
                .distinct()
                .toList();
        this.events = watchService();
        watch();
    }

    private static @Nullable WatchService watchService() {
        try {
            return FileSystems.getDefault().newWatchService();
        } catch (IOException blind) {
            log.warn("No events of files here ({}): the owner's policy is looked at now and then", blind.toString());
            return null;
        }
    }

    /** Also again, where a directory was replaced, or came. */
    private void watch() {
        WatchService open = events;
        if (open == null) {
            return;
        }
        for (Path directory : directories) {
            WatchKey key = watched.get(directory);
            if (key == null || !key.isValid()) {
                try {
                    watched.put(
                            directory,
                            directory.register(
                                    open,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_MODIFY,
                                    StandardWatchEventKinds.ENTRY_DELETE));
                } catch (IOException blind) {
                    log.debug("{} cannot be watched just now", directory, blind);
                }
            }
        }
    }

    /** Returns when something has happened and is over, or the time is. */
    void await(Duration atMost) throws InterruptedException {
        if (events == null) {
            var unused = never.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        WatchKey key = events.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
        for (int count = 1; key != null; count++) {
            key.pollEvents();
            key.reset();
            key = count < CHANGES_AT_ONCE ? events.poll(QUIET_MS, TimeUnit.MILLISECONDS) : null;
        }
        watch();
    }

    @Override
    public void close() {
        if (events != null) {
            try {
                events.close();
            } catch (IOException unclosed) {
                log.debug("The watch could not be closed", unclosed);
            }
        }
    }
}
