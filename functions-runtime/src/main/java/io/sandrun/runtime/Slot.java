package io.sandrun.runtime;

import io.sandrun.runtime.sandbox.SlotRunner;
import java.time.Duration;

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

    /**
     * Gets ready for the run that is expected next, and returns soon: between two runs, when the result of the last is
     * on its way. Without it every run starts cold.
     */
    public void getReady() {
        runner.getReady();
    }

    /**
     * Likewise, but only what can be had at once, whatever becomes of others; for who holds the result of the last back
     * meanwhile. {@link #getReady} does the rest afterwards.
     */
    public void getReadyAtOnce() {
        runner.getReadyAtOnce();
    }

    /** Lets go of what waits for runs, if there was none for so long. */
    void letGo(Duration idle) {
        runner.letGo(idle);
    }

    void close() {
        runner.close();
    }
}
