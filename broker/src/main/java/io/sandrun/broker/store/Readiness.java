package io.sandrun.broker.store;

import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a broker can take work now: its disk takes writes and has room, and it is not about to stop. Looks once a
 * second at most, however many ask. Thread-safe.
 */
public final class Readiness implements AutoCloseable {
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A store that takes longer is of no use to those who would submit. */
    private static final long PATIENCE_MS = 2_000;

    private final Store store;
    private final DiskRoom disk;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private volatile boolean stopping;
    private @Nullable CompletableFuture<Boolean> lastWrite;
    private long lastNanos;

    /** @param timer ends the wait for a store that does not answer */
    public Readiness(Store store, DiskRoom disk, Clock clock, ScheduledExecutorService timer) {
        this.store = store;
        this.disk = disk;
        this.clock = clock;
        this.timer = timer;
    }

    /**
     * @param storeWrites whether a write reached the disk a moment ago
     * @param diskHasRoom whether it has more left than it must
     * @param stopping whether the broker takes nothing any more
     */
    public record State(boolean storeWrites, boolean diskHasRoom, boolean stopping) {
        public boolean isReady() {
            return storeWrites && diskHasRoom && !stopping;
        }
    }

    /** Never fails. May complete on the writer's thread or the timer's. */
    public CompletableFuture<State> look() {
        return write().thenApply(written -> new State(written, disk.isLeft(), stopping));
    }

    /** Who comes while another looks waits for what that one sees, and holds no thread. */
    private CompletableFuture<Boolean> write() {
        CompletableFuture<Boolean> written = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<Boolean> last = lastWrite;
            long nowNanos = System.nanoTime();
            if (last != null && nowNanos - lastNanos < FRESH_NANOS) {
                return last;
            }
            lastWrite = written;
            lastNanos = nowNanos;
        }
        ScheduledFuture<?> patience = timer.schedule(() -> written.complete(false), PATIENCE_MS, TimeUnit.MILLISECONDS);
        var unused = store.write(tables -> tables.probe().write(clock.millis())).whenComplete((rows, failure) -> {
            patience.cancel(false);
            written.complete(failure == null);
        });
        return written;
    }

    /** It is about to stop; whoever asks is told. */
    @Override
    public void close() {
        stopping = true;
    }
}
