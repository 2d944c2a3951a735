package io.sandrun.runtime;

import io.sandrun.runtime.sandbox.SlotRunner;

/** A place for one run at a time. Thread-safe: a second run waits for the first. */
public final class Slot {
    private final SlotRunner runner;

    Slot(SlotRunner runner) {
        this.runner = runner;
    }

    /**
     * Runs one command in one fresh sandbox and waits for its end. Never throws for what the guest or the request does;
     * our own failures are {@link Outcome#SANDBOX_ERROR}.
     */
    public RunResult run(RunRequest request, Cancellation cancellation) {
        return run(request, cancellation, OutputListener.NONE);
    }

    /** Likewise, with someone who hears what the command prints while it runs. */
    public RunResult run(RunRequest request, Cancellation cancellation, OutputListener listener) {
        return runner.run(request, cancellation, listener);
    }

    void close() {
        runner.close();
    }
}
