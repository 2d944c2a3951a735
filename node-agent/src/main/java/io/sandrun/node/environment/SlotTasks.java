package io.sandrun.node.environment;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Work that is done in slots, in as many at once as there are. For one thread. Closing it cancels what still runs, and
 * waits for it.
 */
final class SlotTasks implements AutoCloseable {
    /** A cancelled run ends within milliseconds; this is for a machine that is on its knees. */
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<Slot> idle;
    private final List<Cancellation> cancellations = new ArrayList<>();
    private final ExecutorService threads;
    private final List<Future<Void>> running = new ArrayList<>();

    SlotTasks(List<Slot> slots) {
        this.idle = new LinkedBlockingQueue<>(slots);
        this.threads = Executors.newFixedThreadPool(slots.size(), work -> {
            Thread thread = new Thread(work, "sandrun-check");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @param work ends early when it is cancelled */
    void add(BiConsumer<Slot, Cancellation> work) {
        Cancellation cancellation = new Cancellation();
        cancellations.add(cancellation);
        Callable<Void> task = () -> {
            // There are as many threads as slots.
            Slot slot = idle.remove();
            try {
                work.accept(slot, cancellation);
            } finally {
                idle.add(slot);
            }
            return null;
        };
        running.add(threads.submit(task));
    }

    /** Until all of it is done; what one has thrown comes out here. */
    void await() throws InterruptedException {
        for (Future<Void> task : running) {
            try {
                task.get();
            } catch (ExecutionException broken) {
                throw new IllegalStateException(broken.getCause());
            }
        }
    }

    @Override
    public void close() {
        running.forEach(task -> task.cancel(false));
        cancellations.forEach(Cancellation::cancel);
        threads.shutdown();
        try {
            var unused = threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }
}
