package io.sandrun.broker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of the broker beside the writer's and Jetty's: one timer, and a pool for what follows a commit and may
 * block.
 */
final class BrokerThreads implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BrokerThreads.class);

    /** Enough that a few slow readers of answers do not hold up the others. */
    private static final int POOL_THREADS = 16;

    private static final int IDLE_SECONDS = 60;
    private static final long STOP_TIMEOUT_MS = 2_000;

    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor pool;
    private final List<ScheduledFuture<?>> passes = new CopyOnWriteArrayList<>();

    BrokerThreads() {
        timer = new ScheduledThreadPoolExecutor(1, named("sandrun-timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        pool = new ThreadPoolExecutor(
                POOL_THREADS,
                POOL_THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                named("sandrun-pool"));
        pool.allowCoreThreadTimeOut(true);
    }

    /** Ends waits that took their time; its tasks must be quick. */
    ScheduledExecutorService timer() {
        return timer;
    }

    ExecutorService pool() {
        return pool;
    }

    /**
     * Runs a pass of housekeeping again and again, in the pool, since most of them read the store. One that is late is
     * not overtaken; one that fails is logged and tried again at the next time.
     */
    void repeat(Duration interval, Runnable pass) {
        AtomicBoolean isBusy = new AtomicBoolean();
        Runnable guarded = () -> {
            try {
                pass.run();
            } catch (RuntimeException failed) {
                LOG.warn("{} failed: {}", pass.getClass().getSimpleName(), failed.toString());
            } finally {
                isBusy.set(false);
            }
        };
        Runnable begin = () -> {
            if (isBusy.compareAndSet(false, true)) {
                pool.execute(guarded);
            }
        };
        long intervalMs = interval.toMillis();
        passes.add(timer.scheduleWithFixedDelay(begin, intervalMs, intervalMs, TimeUnit.MILLISECONDS));
    }

    @Override
    public void close() {
        passes.forEach(pass -> pass.cancel(false));
        timer.shutdownNow();
        pool.shutdown();
        try {
            if (!timer.awaitTermination(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    || !pool.awaitTermination(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("Work was still going on after {} ms", STOP_TIMEOUT_MS);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> new Thread(task, name + "-" + count.incrementAndGet());
    }
}
