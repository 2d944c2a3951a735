package io.sandrun.broker.store;

import io.sandrun.broker.store.WriteObserver.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes.
 *
 * <p>Theory of operation: a commit costs one wait for the disk, however much it carries. The thread takes whatever has
 * queued up while it waited for the disk, runs it in one transaction, commits once, and then answers everybody. No
 * artificial delay: a lone operation is committed at once, and the batch grows by itself under load. Each operation has
 * a savepoint, so one that fails is undone alone. Answers are given in the order of the operations, by this thread:
 * whoever hears of a change in an {@code afterCommit} hears of changes in the order in which they happened.
 */
final class GroupCommitWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);

    /** Operations that may wait: more than the HTTP server has threads plus all parked claims woken at once. */
    private static final int QUEUE_MAX = 32_768;

    /** Operations of one commit, give or take one batch: bounds how long the first of them waits for its answer. */
    private static final int BATCH_MAX = 1_000;

    /** How soon an idle thread notices that it should stop, milliseconds. */
    private static final long IDLE_POLL_MS = 200;

    /** How long a stop waits for the operations that were accepted before it. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private static final String SAVEPOINT = "operation";

    private final Handle handle;
    private final Tables tables;
    private final WriteObserver observer;
    private final BlockingQueue<List<Entry<?, ?>>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Thread thread;
    private volatile boolean stopping;

    GroupCommitWriter(Handle handle, WriteObserver observer) {
        this.handle = handle;
        this.observer = observer;
        this.tables = new Tables(handle);
        this.thread = new Thread(this::run, "sandrun-writer");
    }

    void start() {
        thread.start();
    }

    /**
     * Queues operations that are committed together.
     *
     * @return each fails with {@link StoreUnavailableException}, or with what its operation threw
     */
    <T, R> List<CompletableFuture<R>> writeEach(List<Write<T, R>> writes) {
        List<Entry<T, R>> entries = writes.stream().map(Entry::new).toList();
        if (stopping || !queue.offer(List.copyOf(entries))) {
            StoreUnavailableException refused = new StoreUnavailableException(
                    stopping ? "The broker is stopping." : "Too many writes are waiting for the disk.");
            entries.forEach(entry -> entry.answer.completeExceptionally(refused));
        }
        return entries.stream().map(entry -> entry.answer).toList();
    }

    private void run() {
        List<Entry<?, ?>> batch = new ArrayList<>(BATCH_MAX);
        while (!stopping || !queue.isEmpty()) {
            try {
                List<Entry<?, ?>> next = queue.poll(IDLE_POLL_MS, TimeUnit.MILLISECONDS);
                while (next != null) {
                    batch.addAll(next);
                    next = batch.size() < BATCH_MAX ? queue.poll() : null;
                }
                if (!batch.isEmpty()) {
                    commit(batch);
                }
            } catch (InterruptedException stop) {
                stopping = true;
            }
            batch.clear();
        }
    }

    private void commit(List<Entry<?, ?>> batch) {
        try {
            handle.begin();
            batch.forEach(entry -> entry.run(handle, tables));
            observer.before(Step.COMMIT);
            handle.commit();
        } catch (RuntimeException failed) {
            LOG.error("The store could not commit {} operations: {}", batch.size(), failed.toString());
            undo();
            StoreUnavailableException answer = new StoreUnavailableException("The store refuses writes.", failed);
            batch.forEach(entry -> entry.answer.completeExceptionally(answer));
            return;
        }
        observer.before(Step.ANSWER);
        batch.forEach(Entry::answer);
    }

    private void undo() {
        try {
            if (handle.isInTransaction()) {
                handle.rollback();
            }
        } catch (RuntimeException failed) {
            LOG.error("The store could not roll back: {}", failed.toString());
        }
    }

    /** Refuses new operations, finishes the accepted ones, and ends the thread. */
    @Override
    public void close() {
        stopping = true;
        boolean interrupted = false;
        try {
            thread.join(STOP_TIMEOUT.toMillis());
        } catch (InterruptedException stop) {
            interrupted = true;
        }
        List<Entry<?, ?>> late = queue.poll();
        while (late != null) {
            StoreUnavailableException refused = new StoreUnavailableException("The broker is stopping.");
            late.forEach(entry -> entry.answer.completeExceptionally(refused));
            late = queue.poll();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static final class Entry<T, R> {
        private final Write<T, R> write;
        private final CompletableFuture<R> answer = new CompletableFuture<>();
        private final List<T> found = new ArrayList<>(1);

        Entry(Write<T, R> write) {
            this.write = write;
        }

        void run(Handle handle, Tables tables) {
            handle.savepoint(SAVEPOINT);
            try {
                found.add(write.operation().apply(tables));
                handle.releaseSavepoint(SAVEPOINT);
            } catch (RuntimeException | Error failed) {
                // Forgets the savepoint too, as far as Jdbi is concerned.
                handle.rollbackToSavepoint(SAVEPOINT);
                answer.completeExceptionally(DiskTrouble.in(failed)
                        .<Throwable>map(Function.identity())
                        .orElse(failed));
            }
        }

        void answer() {
            if (found.isEmpty()) {
                return;
            }
            try {
                answer.complete(write.afterCommit().apply(found.get(0)));
            } catch (RuntimeException | Error failed) {
                LOG.error("What follows a commit failed: {}", failed.toString());
                answer.completeExceptionally(failed);
            }
        }
    }
}
