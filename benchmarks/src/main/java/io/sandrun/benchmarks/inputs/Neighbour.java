package io.sandrun.benchmarks.inputs;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Runs one small job after the other in a slot of its own and takes their times, while something else goes on. */
final class Neighbour implements AutoCloseable {
    /** Times of jobs, in milliseconds. */
    record Pace(int jobs, double medianMs, double p95Ms) {}

    private final Slot slot;
    private final RunRequest request;
    private final List<Double> timesMs = Collections.synchronizedList(new ArrayList<>());
    private final Thread thread = new Thread(this::work, "neighbour");
    private volatile boolean closed;

    private Neighbour(Slot slot, RunRequest request) {
        this.slot = slot;
        this.request = request;
    }

    static Neighbour start(Slot slot, RunRequest request) {
        Neighbour neighbour = new Neighbour(slot, request);
        neighbour.thread.start();
        return neighbour;
    }

    private void work() {
        while (!closed) {
            long startNanos = System.nanoTime();
            RunResult result = slot.run(request, new Cancellation());
            if (result.outcome() != Outcome.OK) {
                throw new IllegalStateException("the neighbour's job failed: " + result.reason());
            }
            timesMs.add((System.nanoTime() - startNanos) / 1e6);
        }
    }

    /** Ends it. */
    Pace pace() throws InterruptedException {
        close();
        thread.join();
        List<Double> sorted = timesMs.stream().sorted().toList();
        if (sorted.isEmpty()) {
            throw new IllegalStateException("the neighbour got nothing done");
        }
        return new Pace(sorted.size(), sorted.get(sorted.size() / 2), sorted.get((int) (sorted.size() * 0.95)));
    }

    @Override
    public void close() {
        closed = true;
    }
}
