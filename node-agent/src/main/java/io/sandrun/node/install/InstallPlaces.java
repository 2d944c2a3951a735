package io.sandrun.node.install;

import io.sandrun.node.attempt.HeldAttempt;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * As many installations at one time as this machine has memory for, whatever the number of slots; who finds no place
 * waits for one, in the order of asking. Thread-safe.
 */
public final class InstallPlaces {
    private static final Duration PATIENCE = Duration.ofSeconds(Limits.INSTALL_WAIT_SECONDS);

    private final Deque<CompletableFuture<Void>> waiting = new ArrayDeque<>();
    private int free;

    /** @param places at least 1 */
    public InstallPlaces(int places) {
        this.free = places;
    }

    /** One of them, until it is closed. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes a place.
     *
     * @param full is told when there is none and it has to be waited for
     * @throws CancellationException when nobody wants the attempt any more
     * @throws IOException if none becomes free for very long, or the node stops
     */
    Place take(HeldAttempt attempt, Runnable full) throws IOException {
        CompletableFuture<Void> turn = ask();
        boolean isTaken = turn.isDone();
        if (isTaken) {
            return this::leave;
        }
        try {
            full.run();
            isTaken = attempt.await(turn, PATIENCE);
        } finally {
            if (!isTaken) {
                withdraw(turn);
            }
        }
        if (!isTaken) {
            throw new IOException("other installations of this node did not end for too long");
        }
        return this::leave;
    }

    private synchronized CompletableFuture<Void> ask() {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        if (free > 0) {
            free--;
            turn.complete(null);
        } else {
            waiting.add(turn);
        }
        return turn;
    }

    private synchronized void withdraw(CompletableFuture<Void> turn) {
        if (!waiting.removeIf(other -> other == turn)) {
            leave(); // it became ours all the same in this moment
        }
    }

    private synchronized void leave() {
        CompletableFuture<Void> next = waiting.poll();
        if (next == null) {
            free++;
        } else {
            next.complete(null);
        }
    }

    /** How many wait for a place. */
    synchronized int waiting() {
        return waiting.size();
    }
}
