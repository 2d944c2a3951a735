package io.sandrun.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that do the same thing at once, each with its own connection. For one use. */
final class Crew implements AutoCloseable {
    /** Above the longest phase of any benchmark. */
    private static final long PATIENCE_SECONDS = 300;

    private final ExecutorService threads;
    private final List<Future<?>> done = new ArrayList<>();

    /** What each thread does. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private Crew(int size) {
        threads = Executors.newFixedThreadPool(size);
    }

    static Crew start(int size, Work work) {
        Crew crew = new Crew(size);
        for (int member = 0; member < size; member++) {
            crew.done.add(crew.threads.submit(() -> {
                work.run();
                return null;
            }));
        }
        return crew;
    }

    /** Waits for all; throws what one of them threw. */
    void await() throws Exception {
        for (Future<?> one : done) {
            one.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
