package io.sandrun.node;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a node that does what its time has come for; its tasks must be quick. Thread-safe. */
final class NodeTimer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeTimer.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread timer = new Thread(work, "sandrun-timer");
        timer.setDaemon(true);
        return timer;
    });

    /** For what happens once. */
    ScheduledExecutorService once() {
        return thread;
    }

    /** Does it again and again; a time that fails is logged and does not end the others. */
    void repeat(Duration interval, String doing, Runnable pass) {
        Runnable guarded = () -> {
            try {
                pass.run();
            } catch (RuntimeException failed) {
                log.warn("A fault of this node while {}, which is tried again", doing, failed);
            }
        };
        long nanos = interval.toNanos();
        var unused = thread.scheduleWithFixedDelay(guarded, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
