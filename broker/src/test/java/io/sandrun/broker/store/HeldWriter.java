package io.sandrun.broker.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps a store's writer busy, so that what comes meanwhile queues up. */
final class HeldWriter {
    private static final long PATIENCE_SECONDS = 20;

    private HeldWriter() {}

    /**
     * Returns when an operation has the turn, on a thread of its own; it keeps it until {@code release}.
     *
     * @return completes with true after its commit
     */
    static CompletableFuture<Boolean> hold(Store store, CountDownLatch release) {
        CountDownLatch held = new CountDownLatch(1);
        CompletableFuture<Boolean> done = CompletableFuture.completedFuture(store)
                .thenComposeAsync(busy -> busy.write(tables -> {
                    held.countDown();
                    return await(release);
                }));
        await(held);
        return done;
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
