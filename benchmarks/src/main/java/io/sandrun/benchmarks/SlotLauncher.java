package io.sandrun.benchmarks;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Starts a command in a fresh sandbox of ours, with the limits that a job has by default. */
final class SlotLauncher implements Launcher {
    private static final long MIB = 1L << 20;
    static final RunLimits LIMITS = new RunLimits(
            Duration.ofMinutes(5), Duration.ofMinutes(5), 1, 512 * MIB, 64, 1024, 256 * MIB, 16_384, 1 << 20, 64 * MIB);

    private final Slot slot;
    private final RunRequest request;
    private final boolean isGettingReady;

    /** Each start is cold. */
    SlotLauncher(Slot slot, List<String> command) {
        this(
                slot,
                new RunRequest(
                        command, Map.of("PATH", "/usr/bin", "HOME", "/tmp"), new byte[0], List.of(), List.of(), LIMITS),
                false);
    }

    /** @param isGettingReady whether the slot gets ready for the next start, in time that is not measured */
    SlotLauncher(Slot slot, RunRequest request, boolean isGettingReady) {
        this.slot = slot;
        this.request = request;
        this.isGettingReady = isGettingReady;
    }

    @Override
    public long start() throws IOException {
        long begin = System.nanoTime();
        RunResult result = slot.run(request, new Cancellation());
        long nanos = System.nanoTime() - begin;
        if (result.outcome() != Outcome.OK) {
            throw new IOException("a start failed: " + result.reason());
        }
        if (isGettingReady) {
            slot.getReady();
        }
        return nanos;
    }

    @Override
    public void close() {
        // The slot belongs to the sandboxes.
    }
}
