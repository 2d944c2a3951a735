package io.sandrun.broker.store;

import io.sandrun.broker.store.WriteObserver.Step;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where writes take turns: one transaction at a time, with whatever waits for it.
 *
 * <p>Theory of operation: a commit costs one wait for the disk, however much it carries. Whoever has the turn takes
 * whatever has queued up meanwhile, runs it in one transaction, commits once, and then answers everybody. No artificial
 * delay: a lone operation is committed at once, and the batch grows by itself under load.
 *
 * <p>In quiet times the thread that brings an operation takes the turn itself, for one transaction: a lone request is
 * spared two changes of thread, which cost as much as its commit. What queues up meanwhile is left to the writer's own
 * thread. In busy times, told by what the last transaction carried, that thread has every turn: until it wakes up more
 * operations have come, and then fewer commits are better than earlier ones. Whichever thread has the turn is <em>the
 * writer</em>, and "on the writer's thread" means with the turn held.
 *
 * <p>What an operation of a transaction writes further, while it runs, is part of the same transaction, at its end: a
 * job and its way to a node that waits for it are one commit.
 *
 * <p>An operation that fails is undone alone: the transaction is then run again with a savepoint around each, so an
 * operation must be one that can be run again. Answers are given in the order of the operations: whoever hears of a
 * change in an {@code afterCommit} hears of changes in the order in which they happened.
 */
final class GroupCommitWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);

    /** Operations that may wait: more than the HTTP server has threads plus all parked claims woken at once. */
    private static final int QUEUE_MAX = 32_768;

    /** Operations of one commit, give or take one batch: bounds how long the first of them waits for its answer. */
    private static final int BATCH_MAX = 1_000;

    /** Tasks that whoever brought an operation does for others: each makes its own answer some 0.2 ms later. */
    private static final int AFTER_TURN_MAX = 4;

    /** How soon an idle thread notices that it should stop. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long a stop waits for the operations that were accepted before it. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final StoreConnection connection;
    private final Tables tables;
    private final WriteObserver observer;
    private final CommitWatch watch;
    private final Queue<List<Entry<?, ?>>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final ReentrantLock turn = new ReentrantLock();
    private final Thread thread;
    private volatile boolean stopping;

    /** What operations of the running transaction brought; with the turn held. */
    private final Queue<List<Entry<?, ?>>> following = new ArrayDeque<>();

    /** Whether what is brought may still be part of the transaction; with the turn held. */
    private boolean isRunning;

    /** What the thread that has the turn does when it has given it back; with the turn held. */
    private final List<Runnable> afterTurn = new ArrayList<>();

    /** Whether the last transaction carried what one caller brought. */
    private volatile boolean isQuiet = true;

    GroupCommitWriter(StoreConnection connection, WriteObserver observer, CommitWatch watch) {
        this.connection = connection;
        this.observer = observer;
        this.watch = watch;
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
        if (turn.isHeldByCurrentThread() && isRunning) {
            following.add(List.copyOf(entries));
        } else if (!stopping && queued.get() < QUEUE_MAX) {
            queued.incrementAndGet();
            queue.add(List.copyOf(entries));
            writeIfNobodyDoes();
        } else {
            StoreUnavailableException refused = new StoreUnavailableException(
                    stopping ? "The broker is stopping." : "Too many writes are waiting for the disk.");
            entries.forEach(entry -> entry.answer.completeExceptionally(refused));
        }
        return entries.stream().map(entry -> entry.answer).toList();
    }

    private void writeIfNobodyDoes() {
        // An operation that comes out of an answer waits like any other.
        if (turn.isHeldByCurrentThread()) {
            return;
        }
        if (!isQuiet) {
            LockSupport.unpark(thread);
            return;
        }
        if (!turn.tryLock()) {
            return;
        }
        List<Runnable> forOthers = List.of();
        try {
            commitWaiting();
            forOthers = List.copyOf(afterTurn);
        } finally {
            afterTurn.clear();
            turn.unlock();
        }
        // Whoever came in vain while the turn was held had put its operation here before.
        if (!queue.isEmpty()) {
            LockSupport.unpark(thread);
        }
        forOthers.forEach(GroupCommitWriter::doForOthers);
    }

    /** Whoever brought an operation learns what became of it, whatever goes wrong for others. */
    private static void doForOthers(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error failed) {
            LOG.error("What follows a commit failed: {}", failed.toString());
        }
    }

    /**
     * To be called by what follows a commit: the thread that brought the operation does this task, too, as soon as it
     * has given back the turn. So a lone request is spared another change of thread.
     *
     * @return false where that thread has enough to do, or is the writer's own, which others wait for
     */
    boolean doAfterTurn(Runnable task) {
        if (!turn.isHeldByCurrentThread() || Thread.currentThread() == thread || afterTurn.size() >= AFTER_TURN_MAX) {
            return false;
        }
        return afterTurn.add(task);
    }

    private void run() {
        while (!stopping || !queue.isEmpty()) {
            if (queue.isEmpty()) {
                LockSupport.parkNanos(this, IDLE_NANOS);
                continue;
            }
            turn.lock();
            try {
                commitWaiting();
            } finally {
                turn.unlock();
            }
        }
    }

    /** With the turn held. */
    private void commitWaiting() {
        List<Entry<?, ?>> batch = new ArrayList<>();
        int requests = 0;
        for (var next = queue.poll(); next != null; next = batch.size() < BATCH_MAX ? queue.poll() : null) {
            queued.decrementAndGet();
            requests++;
            batch.addAll(next);
        }
        isQuiet = requests <= 1;
        if (!batch.isEmpty()) {
            commit(batch);
        }
    }

    private void commit(List<Entry<?, ?>> batch) {
        long startNanos = System.nanoTime();
        try {
            if (!runAtOnce(batch)) {
                undo();
                if (batch.size() == 1) {
                    batch.get(0).answer();
                    return;
                }
                runOneByOne(batch);
            }
            observer.before(Step.COMMIT);
            connection.commit();
            watch.committed(batch.size(), System.nanoTime() - startNanos);
        } catch (RuntimeException | Error failed) {
            watch.failed();
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
        isRunning = true;
        try {
            for (int next = 0; next < batch.size(); next++) {
                batch.get(next).run(tables);
                takeFollowing(batch);
            }
            return true;
        } catch (RuntimeException | Error failed) {
            takeFollowing(batch);
            LOG.debug("One of {} operations failed: {}", batch.size(), failed.toString());
            if (batch.size() == 1) {
                batch.get(0).failed(failed);
            }
            return false;
        } finally {
            isRunning = false;
        }
    }

    private void takeFollowing(List<Entry<?, ?>> batch) {
        for (var next = following.poll(); next != null; next = following.poll()) {
            batch.addAll(next);
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
        LockSupport.unpark(thread);
        try {
            thread.join(STOP_TIMEOUT.toMillis());
            // Another thread may have the last turn.
            if (turn.tryLock(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                turn.unlock();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        StoreUnavailableException refused = new StoreUnavailableException("The broker is stopping.");
        for (var late = queue.poll(); late != null; late = queue.poll()) {
            late.forEach(entry -> entry.answer.completeExceptionally(refused));
        }
    }

    private static final class Entry<T, R> {
        private final Write<T, R> write;
        private final CompletableFuture<R> answer = new CompletableFuture<>();
        private final List<T> found = new ArrayList<>(1);
        private @Nullable Throwable failure;

        Entry(Write<T, R> write) {
            this.write = write;
        }

        void run(Tables tables) {
            failure = null;
            found.clear();
            found.add(write.operation().apply(tables));
        }

        /** To be answered with the others: it may tell of what is not committed yet. */
        void failed(Throwable thrown) {
            found.clear();
            failure = DiskTrouble.in(thrown).<Throwable>map(Function.identity()).orElse(thrown);
        }

        void answer() {
            if (failure != null) {
                answer.completeExceptionally(failure);
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
