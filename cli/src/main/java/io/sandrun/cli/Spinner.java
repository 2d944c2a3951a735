package io.sandrun.cli;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Shows on a terminal that something is being waited for, and for how long already. Closed by whoever opened it. */
final class Spinner implements AutoCloseable {
    private static final long TURN_MS = 250;
    private static final long CLOSE_SECONDS = 1;
    private static final String FRAMES = "|/-\\";

    private final long begun = System.nanoTime();
    private final ScheduledExecutorService clock;
    private volatile String what;
    private int turn;

    /** @param what is being waited for, in words; may hold a stranger's */
    Spinner(String what) {
        this.what = what;
        this.clock = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "sandrun-spinner");
            thread.setDaemon(true);
            return thread;
        });
        if (Console.isWatched()) {
            var unused = clock.scheduleAtFixedRate(this::draw, TURN_MS, TURN_MS, TimeUnit.MILLISECONDS);
        }
    }

    void says(String now) {
        what = now;
    }

    private void draw() {
        long seconds = (System.nanoTime() - begun) / 1_000_000_000;
        char frame = FRAMES.charAt(turn++ % FRAMES.length());
        Console.progress("%c %s (%d s)".formatted(frame, Console.escaped(what), seconds));
    }

    /** Takes the line away; nothing is drawn any more when this returns. */
    @Override
    public void close() {
        clock.shutdownNow();
        try {
            if (clock.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                Console.progress("");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
