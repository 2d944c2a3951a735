package io.sandrun.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells whoever runs a job what it is waiting for, until the job says something itself: on a terminal as a line that
 * turns, elsewhere once. Ended by whoever began it.
 */
final class Waiting {
    /** How long a job may wait for a node before the user is told why it waits. */
    private static final long EXPLAIN_AFTER_MS = 2_000;

    private static final long EXPLAIN_AGAIN_MS = 5_000;
    private static final long TURN_MS = 250;
    private static final long CLOSE_SECONDS = 1;

    /** A line that is broken by the terminal could not be written over. */
    private static final int SHOWN_CHARACTERS = 60;

    private static final String FRAMES = "|/-\\";

    private final BrokerClient client;
    private final String jobId;
    private final long begun = System.nanoTime();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "sandrun-waiting");
        thread.setDaemon(true);
        return thread;
    });
    private volatile String what = "waiting for a node";
    private volatile boolean isExplained;
    private int turn;

    Waiting(BrokerClient client, String jobId) {
        this.client = client;
        this.jobId = jobId;
        if (Console.isWatched()) {
            var unusedDrawn = clock.scheduleAtFixedRate(this::draw, TURN_MS, TURN_MS, TimeUnit.MILLISECONDS);
            var unusedTold = clock.scheduleWithFixedDelay(
                    this::explain, EXPLAIN_AFTER_MS, EXPLAIN_AGAIN_MS, TimeUnit.MILLISECONDS);
        } else {
            var unusedTold = clock.schedule(this::explain, EXPLAIN_AFTER_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** The job itself says what it is at; what the broker says of it no longer matters. */
    void says(String now) {
        isExplained = true;
        what = now;
    }

    private void explain() {
        if (isExplained) {
            return;
        }
        try {
            JsonNode status = client.status(jobId, 0);
            JsonNode reason = status.path("pending_reason");
            what = reason.isTextual()
                    ? "waiting: " + reason.asText()
                    : status.path("state").asText();
            if (reason.isTextual() && !Console.isWatched()) {
                Console.tell(Console.escaped(what));
            }
        } catch (IOException unsaid) {
            // Whoever waits for the job itself will meet the same failure and tell of it.
        }
    }

    private void draw() {
        long seconds = (System.nanoTime() - begun) / 1_000_000_000;
        char frame = FRAMES.charAt(turn++ % FRAMES.length());
        String shown = Console.escaped(what).replace('\n', ' ');
        String cut = shown.length() > SHOWN_CHARACTERS ? shown.substring(0, SHOWN_CHARACTERS) + "..." : shown;
        Console.progress("%c %s (%d s)".formatted(frame, cut, seconds));
    }

    /** Takes the line away, once; nothing is drawn any more when this returns. */
    void end() {
        if (clock.isShutdown()) {
            return;
        }
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
