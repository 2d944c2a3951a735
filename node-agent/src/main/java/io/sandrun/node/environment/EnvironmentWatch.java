package io.sandrun.node.environment;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when a definition is put into the folder, changed or taken away. It watches from when it is made, so that
 * nothing is missed between a first look at the folder and {@link #run()}. For one thread.
 */
public final class EnvironmentWatch implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(EnvironmentWatch.class);

    /** Changes that come closer together than this are looked at once, milliseconds. */
    private static final long QUIET_MS = 200;

    private final WatchService watch;
    private final Refresh refresh;

    /** What is to be done after a change. */
    @FunctionalInterface
    public interface Refresh {
        /** @throws InterruptedException if the thread is told to stop */
        void run() throws InterruptedException;
    }

    /**
     * @param refresh runs on the watch's thread
     * @throws IOException if this machine cannot watch the folder, which is made if absent
     */
    public EnvironmentWatch(EnvironmentFolder folder, Refresh refresh) throws IOException {
        this.refresh = refresh;
        Path directory = Files.createDirectories(folder.directory());
        this.watch = FileSystems.getDefault().newWatchService();
        try {
            directory.register(
                    watch,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException blind) {
            watch.close();
            throw blind;
        }
    }

    /** Until its thread is interrupted. */
    @Override
    public void run() {
        try (WatchService open = watch) {
            while (true) {
                hear(open.take());
                for (WatchKey more = next(); more != null; more = next()) {
                    hear(more);
                }
                look();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException unclosed) {
            log.debug("The watch could not be closed", unclosed);
        }
    }

    private @Nullable WatchKey next() throws InterruptedException {
        return watch.poll(QUIET_MS, TimeUnit.MILLISECONDS);
    }

    private static void hear(WatchKey key) {
        key.pollEvents();
        key.reset();
    }

    private void look() throws InterruptedException {
        try {
            refresh.run();
        } catch (RuntimeException broken) {
            log.error("The environments could not be checked again", broken);
        }
    }
}
