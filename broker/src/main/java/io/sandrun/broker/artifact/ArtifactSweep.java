package io.sandrun.broker.artifact;

import io.sandrun.broker.store.ArtifactTable.Upload;
import io.sandrun.broker.store.Store;
import io.sandrun.broker.store.Tables;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes artifacts to which nothing refers any more, and after a start those that a crash has left without a row. See
 * {@link ArtifactStore} for the order in which that is safe. Thread-safe; one pass at a time.
 */
public final class ArtifactSweep implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ArtifactSweep.class);

    /** Artifacts of one transaction: some milliseconds of the writer's time. */
    private static final int BATCH = 200;

    private static final int OUTER_FOLDERS = 256;
    private static final String BEFORE_ALL = "";

    private final Store store;
    private final ArtifactStore artifacts;
    private final Executor blocking;
    private final AtomicBoolean isRunning = new AtomicBoolean();

    /** Whether a job has gone since the last pass; at first that is not known. */
    private final AtomicBoolean hasJobGone = new AtomicBoolean(true);

    /** @param blocking runs what reads the store or deletes files, which neither the writer nor the timer may do */
    public ArtifactSweep(Store store, ArtifactStore artifacts, Executor blocking) {
        this.store = store;
        this.artifacts = artifacts;
        this.blocking = blocking;
    }

    /** Lets the next pass look through all artifacts: a job was forgotten, and may have been the last to need one. */
    public void jobGone() {
        hasJobGone.set(true);
    }

    /** One pass, in the background. */
    @Override
    public void run() {
        var unused = sweep();
    }

    /** One pass; answers when it is over how many artifacts it deleted. Does nothing while another one is under way. */
    CompletableFuture<Integer> sweep() {
        if (!isRunning.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(0);
        }
        return CompletableFuture.completedFuture(Upload.NONE)
                .thenComposeAsync(this::forgetUploads, blocking)
                .thenComposeAsync(gone -> forgetReleased(), blocking)
                .thenComposeAsync(
                        deleted -> forgetUnreferenced().thenApply(unreferenced -> deleted + unreferenced), blocking)
                .whenComplete((swept, failure) -> {
                    isRunning.set(false);
                    report("sweep", failure);
                });
    }

    /** Gives up what is behind that one; answers how much. */
    private CompletableFuture<Integer> forgetUploads(Upload after) {
        List<Upload> ended = store.read(tables -> tables.artifacts().endedUploads(after, BATCH));
        if (ended.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        return store.write(tables -> forget(tables, ended), this::uploadsGone)
                .thenComposeAsync(
                        gone -> forgetUploads(ended.get(ended.size() - 1)).thenApply(more -> gone + more), blocking);
    }

    private static int forget(Tables tables, List<Upload> uploads) {
        uploads.forEach(tables.artifacts()::delete);
        return uploads.size();
    }

    private int uploadsGone(int count) {
        jobGone();
        return count;
    }

    private CompletableFuture<Integer> forgetReleased() {
        List<String> released = List.copyOf(artifacts.takeReleased());
        return CompletableFuture.completedFuture(released)
                .thenCompose(this::forgetUnknown)
                .whenComplete((deleted, failure) -> {
                    if (failure != null) {
                        artifacts.putBack(released);
                    }
                });
    }

    private static void report(String work, @Nullable Throwable failure) {
        if (failure != null) {
            // When the broker stops, whatever is under way fails. What is left is for the next pass, or the next start.
            LOG.info("The {} of artifacts was given up: {}", work, failure.toString());
        }
    }

    /** Looks through all folders for files that no row knows, one folder after the other, in the background. */
    public void findLeftovers() {
        var unused = look(0).whenComplete((deleted, failure) -> report("search for leftovers", failure));
    }

    /** Answers how many it deleted in this folder and all after it. */
    CompletableFuture<Integer> look(int outer) {
        if (outer == OUTER_FOLDERS) {
            return CompletableFuture.completedFuture(0);
        }
        return CompletableFuture.completedFuture(outer)
                .thenApplyAsync(artifacts::digests, blocking)
                .thenCompose(this::forgetUnknown)
                .thenCompose(deleted -> look(outer + 1).thenApply(more -> deleted + more));
    }

    /** Deletes the files among these that no row knows; batch after batch. */
    private CompletableFuture<Integer> forgetUnknown(List<String> digests) {
        if (digests.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        List<String> batch = digests.subList(0, Math.min(BATCH, digests.size()));
        List<String> rest = digests.subList(batch.size(), digests.size());
        return store.write(tables -> unknown(tables, batch), this::condemn)
                .thenApplyAsync(condemned -> artifacts.deleteCondemned(), blocking)
                .thenCompose(deleted -> forgetUnknown(rest).thenApply(more -> deleted + more));
    }

    private static List<String> unknown(Tables tables, List<String> digests) {
        return digests.stream()
                .filter(sha256 -> !tables.artifacts().isKnown(sha256))
                .toList();
    }

    private CompletableFuture<Integer> forgetUnreferenced() {
        if (!hasJobGone.getAndSet(false)) {
            return CompletableFuture.completedFuture(0);
        }
        // Composed, so that what is thrown at once is a failure as well.
        return CompletableFuture.completedFuture(BEFORE_ALL)
                .thenCompose(this::forgetUnreferenced)
                .whenComplete((deleted, failure) -> {
                    if (failure != null) {
                        jobGone();
                    }
                });
    }

    private CompletableFuture<Integer> forgetUnreferenced(String after) {
        List<String> found = store.read(tables -> tables.artifacts().unreferenced(after, BATCH));
        if (found.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        String last = found.get(found.size() - 1);
        return store.write(tables -> deleteUnreferenced(tables, found), this::condemn)
                .thenApplyAsync(condemned -> artifacts.deleteCondemned(), blocking)
                .thenComposeAsync(deleted -> forgetUnreferenced(last).thenApply(more -> deleted + more), blocking);
    }

    private static List<String> deleteUnreferenced(Tables tables, List<String> digests) {
        return digests.stream()
                .filter(sha256 -> tables.artifacts().deleteUnreferenced(sha256))
                .toList();
    }

    private int condemn(Collection<String> digests) {
        artifacts.condemn(digests);
        return digests.size();
    }
}
