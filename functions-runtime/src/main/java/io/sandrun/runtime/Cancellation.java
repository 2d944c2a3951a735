package io.sandrun.runtime;

import org.jspecify.annotations.Nullable;

/** Lets another thread end a run. Good for one run; once cancelled it stays so. Thread-safe. */
public final class Cancellation {
    private boolean cancelled;
    private @Nullable Runnable wakeUp;

    /** Ends the run soon, or keeps one that has not started from starting. */
    public synchronized void cancel() {
        cancelled = true;
        if (wakeUp != null) {
            wakeUp.run();
        }
    }

    public synchronized boolean isCancelled() {
        return cancelled;
    }

    /**
     * For the run loop: what {@link #cancel} calls, or null when the run is over. It must not block. A cancellation
     * that came before is told at once.
     */
    public synchronized void wakeUpWith(@Nullable Runnable action) {
        wakeUp = action;
        if (cancelled && action != null) {
            action.run();
        }
    }
}
