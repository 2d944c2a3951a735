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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes.
 *
 * <p>Theory of operation: a commit costs one wait for the disk, however much it carries. The thread takes whatever has
 * queued up while it waited for the disk, runs it in one transaction, commits once, and then answers everybody. No
 * artificial delay: a lone operation is committed at once, and the batch grows by itself under load. An operation
 * that fails is undone alone: the transaction is then run again with a savepoint around each, so an operation must be
 * one that can be run again. Answers are given in the order of the operations, by this thread: whoever hears of a
 * change in an {@code afterCommit} hears of changes in the order in which they happened.
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

    private final StoreConnection connection;
    private final Tables tables;
    private final WriteObserver observer;
    private final BlockingQueue<List<Entry<?, ?>>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
    private final Thread thread;
    private volatile boolean stopping;

    GroupCommitWriter(StoreConnection connection, WriteObserver observer) {
        this.connection = connection;
        this.observer = observer;
        this.tables = new Tables(connection);
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
            if (!runAtOnce(batch)) {
                undo();
                if (batch.size() == 1) {
                    return;
                }
                runOneByOne(batch);
            }
            observer.before(Step.COMMIT);
            connection.commit();
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

    /** Nearly always nothing fails, and no operation needs a savepoint; answers whether it was so. */
    private boolean runAtOnce(List<Entry<?, ?>> batch) {
        connection.begin();
        try {
            batch.forEach(entry -> entry.run(tables));
            return true;
        } catch (RuntimeException | Error failed) {
            LOG.debug("One of {} operations failed: {}", batch.size(), failed.toString());
            if (batch.size() == 1) {
                batch.get(0).failed(failed);
            }
            return false;
        }
    }

    /** The same again from the start, so that whichever fails is undone alone. */
    private void runOneByOne(List<Entry<?, ?>> batch) {
        connection.begin();
        for (Entry<?, ?> entry : batch) {
            connection.savepoint();
            try {
                entry.run(tables);
            } catch (RuntimeException | Error failed) {
                connection.rollbackToSavepoint();
                entry.failed(failed);
            }
            connection.releaseSavepoint();
        }
    }

    private void undo() {
        try {
            connection.rollback();
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

        void run(Tables tables) {
            found.clear();
            found.add(write.operation().apply(tables));
        }

        void failed(Throwable failure) {
            found.clear();
            answer.completeExceptionally(
                    DiskTrouble.in(failure).<Throwable>map(Function.identity()).orElse(failure));
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
