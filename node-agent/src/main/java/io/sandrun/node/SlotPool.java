package io.sandrun.node;

import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The slots and their threads. A place is first reserved (for a claim that may bring a job), then used or given back,
 * so that the node never claims more than it can start at once. Thread-safe.
 */
final class SlotPool {
    private final Semaphore free;
    private final BlockingQueue<Slot> idle = new LinkedBlockingQueue<>();
    private final ExecutorService threads;

    SlotPool(Sandboxes sandboxes, int slots) {
        this.free = new Semaphore(slots);
        for (int index = 0; index < slots; index++) {
            idle.add(sandboxes.slot(index));
        }
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newFixedThreadPool(slots, work -> {
            Thread thread = new Thread(work, "sandrun-slot-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Waits for a free place, then reserves all that are free and tells how many. */
    int reserve() throws InterruptedException {
        free.acquire();
        return 1 + free.drainPermits();
    }

    void giveBack(int places) {
        free.release(places);
    }

    /** Uses one reserved place; it is free again when {@code work} returns. */
    void use(Consumer<Slot> work) {
        threads.execute(() -> {
            // Places are reserved before they are used, so there is an idle slot for every thread that comes here.
            Slot slot = idle.remove();
            try {
                work.accept(slot);
            } finally {
                idle.add(slot);
                free.release();
            }
        });
    }

    /** Takes no more work and waits for what runs. */
    boolean finish(Duration patience) throws InterruptedException {
        threads.shutdown();
        return threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
