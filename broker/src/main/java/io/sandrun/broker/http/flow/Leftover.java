package io.sandrun.broker.http.flow;

import io.sandrun.protocol.Limits;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * What is left of a body that nobody wants: read and thrown away, for a while, by no thread that waits. Jetty runs it
 * by one thread at a time, and also when nothing comes.
 */
final class Leftover implements Runnable {
    private final Request request;
    private final CompletableFuture<Void> passed = new CompletableFuture<>();
    private final long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.LEFTOVER_SECONDS);
    private long bytes;

    private Leftover(Request request) {
        this.request = request;
    }

    /** Completes when all of it has come, or enough of it, or the time is up. */
    static CompletableFuture<Void> of(Request request) {
        Leftover leftover = new Leftover(request);
        Wire.allowSilence(request, Limits.LEFTOVER_SECONDS);
        leftover.run();
        return leftover.passed;
    }

    @Override
    public void run() {
        boolean isOver = false;
        while (!isOver) {
            Content.Chunk chunk = request.read();
            if (chunk == null && System.nanoTime() < endNanos) {
                request.demand(this);
                return;
            }
            isOver = chunk == null || passes(chunk);
        }
        passed.complete(null);
    }

    /** @return whether that was enough */
    private boolean passes(Content.Chunk chunk) {
        if (Content.Chunk.isFailure(chunk)) {
            return true;
        }
        bytes += chunk.remaining();
        chunk.release();
        return chunk.isLast() || bytes > Limits.LEFTOVER_BYTES || System.nanoTime() >= endNanos;
    }
}
