package io.sandrun.broker.log;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those who watch logs. A job's news wakes its watchers; each then reads and sends for itself, in a few threads, none
 * of which waits for anybody. Thread-safe.
 */
public final class LogWatchers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogWatchers.class);

    /** They read files and encode; more than a broker's usual cores would not go faster. */
    private static final int THREADS = 4;

    /** One who takes nothing for so long is cut off. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Below the usual 30 to 60 s after which a proxy forgets a connection. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    /** How often it is looked for either. */
    public static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final long STOP_TIMEOUT_MS = 1_000;

    private final LogDesk desk;
    private final ExecutorService threads;
    private final Map<String, Set<LogWatch>> byJob = new HashMap<>();
    private int count;
    private boolean closed;

    public LogWatchers(LogDesk desk) {
        this.desk = desk;
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(
                THREADS, task -> new Thread(task, "sandrun-watch-" + number.incrementAndGet()));
        desk.tell(this::news);
    }

    /** @throws Refusal if nobody else can be taken in */
    public synchronized void requireRoom() {
        if (closed) {
            throw Refusal.stopping();
        }
        if (count >= Limits.LOG_WATCHERS) {
            throw new Refusal(ErrorCode.RATE_LIMITED, "Too many watch logs already: come again, or read the log.");
        }
    }

    /**
     * Takes in one more, from then on until {@link #leave}.
     *
     * @throws Refusal if there is no room
     */
    public LogWatch watch(LogWish wish, LogFormat format, LogSink sink) {
        LogWatch watch = new LogWatch(wish, desk, format, sink, threads);
        synchronized (this) {
            requireRoom();
            count++;
            byJob.computeIfAbsent(wish.jobId(), job -> new HashSet<>()).add(watch);
        }
        watch.wake();
        return watch;
    }

    /** The connection of a watcher has ended, however. */
    public void leave(LogWatch watch) {
        synchronized (this) {
            Set<LogWatch> ofJob = byJob.get(watch.jobId());
            if (ofJob == null || !ofJob.remove(watch)) {
                return;
            }
            count--;
            if (ofJob.isEmpty()) {
                byJob.remove(watch.jobId());
            }
        }
        watch.gone();
    }

    /** How many watch, by whichever way. */
    public synchronized int count() {
        return count;
    }

    private void news(String jobId) {
        List<LogWatch> woken;
        synchronized (this) {
            woken = List.copyOf(byJob.getOrDefault(jobId, Set.of()));
        }
        woken.forEach(LogWatch::wake);
    }

    private synchronized List<LogWatch> all() {
        List<LogWatch> all = new ArrayList<>();
        byJob.values().forEach(all::addAll);
        return all;
    }

    /** Cuts off those who take nothing, and tells those who heard nothing for a while that it goes on. */
    public void look() {
        look(System.nanoTime());
    }

    void look(long nowNanos) {
        for (LogWatch watch : all()) {
            watch.keepAlive(nowNanos, QUIET.toNanos());
            if (watch.isStalled(nowNanos, PATIENCE.toNanos())) {
                LOG.info(
                        "A watcher of job {} took nothing for {} s and is cut off",
                        watch.jobId(),
                        PATIENCE.toSeconds());
                watch.drop();
            }
        }
    }

    /** Says farewell to all and takes nobody in any more. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        all().forEach(LogWatch::stop);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException stop) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
