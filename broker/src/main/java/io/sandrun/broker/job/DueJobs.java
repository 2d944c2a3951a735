package io.sandrun.broker.job;

import io.sandrun.broker.store.JobRow;
import io.sandrun.broker.store.JobTable.Waiting;
import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets jobs run when their time has come. There is one timer, set to the nearest of the times; the database has the
 * others. Thread-safe.
 */
public final class DueJobs implements JobListener {
    private static final Logger LOG = LoggerFactory.getLogger(DueJobs.class);

    /** Longest wait of the timer: the clock may run otherwise than it, above all where a machine sleeps in between. */
    private static final long WAIT_MAX_MS = 60_000;

    /** When the store is asked again that refused, milliseconds. */
    private static final long AGAIN_AFTER_MS = 1_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final JobLifecycle lifecycle;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private long nextMs = NEVER;
    private @Nullable ScheduledFuture<?> alarm;

    public DueJobs(JobLifecycle lifecycle, Clock clock, ScheduledExecutorService timer) {
        this.lifecycle = lifecycle;
        this.clock = clock;
        this.timer = timer;
    }

    /** Looks for jobs of an earlier run of the broker. */
    public void start() {
        release();
    }

    @Override
    public synchronized void delayed(long dueAtMs) {
        if (dueAtMs < nextMs) {
            nextMs = dueAtMs;
            setAlarm();
        }
    }

    @Override
    public void waiting(Waiting job) {
        // Its time has come.
    }

    @Override
    public void ended(JobRow job) {
        // An alarm for a job that was cancelled finds nothing to do.
    }

    private synchronized void setAlarm() {
        if (alarm != null) {
            alarm.cancel(false);
        }
        long waitMs = Math.max(0, Math.min(nextMs - clock.millis(), WAIT_MAX_MS));
        alarm = timer.schedule(this::look, waitMs, TimeUnit.MILLISECONDS);
    }

    private void look() {
        synchronized (this) {
            if (clock.millis() < nextMs) {
                setAlarm();
                return;
            }
            nextMs = NEVER;
        }
        release();
    }

    private void release() {
        lifecycle.releaseDue().thenAccept(next -> next.ifPresent(this::delayed)).exceptionally(failure -> {
            LOG.warn("Jobs whose time has come could not be released: {}", failure.toString());
            delayed(clock.millis() + AGAIN_AFTER_MS);
            return null;
        });
    }
}
