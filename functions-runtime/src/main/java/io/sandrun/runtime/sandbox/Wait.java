package io.sandrun.runtime.sandbox;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.linux.Descriptor;
import io.sandrun.runtime.linux.LinuxException;
import io.sandrun.runtime.linux.Poll;
import io.sandrun.runtime.linux.Wakeup;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * A wait for what another process does, which may hang: it has a bound, and a cancellation ends it at once. One thread
 * waits, one wait at a time for each cancellation; any thread may {@link #wake} it.
 */
final class Wait implements AutoCloseable {
    private final long deadlineNanos;
    private final Cancellation cancellation;
    private final Wakeup wakeup;

    /** @param patienceMs of all of it, however often something happens meanwhile */
    Wait(long patienceMs, Cancellation cancellation) throws LinuxException {
        this.deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        this.cancellation = cancellation;
        this.wakeup = Wakeup.open();
        cancellation.wakeUpWith(wakeup::wake);
    }

    /**
     * Until there is something to read, or it was woken: then all later ones return at once.
     *
     * @return false when its time is over
     * @throws CancellationException when it was cancelled
     */
    boolean await(Descriptor source) throws LinuxException {
        long remainingMs = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (remainingMs > 0) {
            try (Poll poll = new Poll()) {
                poll.watch(source);
                poll.watch(wakeup.descriptor());
                poll.await((int) remainingMs);
            }
        }
        if (cancellation.isCancelled()) {
            throw new CancellationException();
        }
        return remainingMs > 0;
    }

    /** Whoever waits looks again at what it waits for. */
    void wake() {
        wakeup.wake();
    }

    boolean isOpen() {
        return wakeup.isOpen();
    }

    @Override
    public void close() {
        cancellation.wakeUpWith(null);
        wakeup.close();
    }
}
