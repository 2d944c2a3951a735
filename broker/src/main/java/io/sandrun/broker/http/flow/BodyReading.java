package io.sandrun.broker.http.flow;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Reads one body while it comes, without a thread that waits: it runs again each time that there is more. Memory grows
 * with what has come and not with what is announced; beyond a little it is taken from the room of all bodies.
 *
 * <p>Jetty runs it by one thread at a time.
 */
final class BodyReading implements Runnable {
    private static final int FIRST_BYTES = 8 * 1024;
    private static final double A_MOMENT_SECONDS = 0.001;

    private final Request request;
    private final Room room;
    private final Then then;
    private final Peer peer;
    private final int announced;
    private byte[] bytes;
    private int length;
    private int counted;
    private volatile boolean isTooSlow;
    private PaceWatch.@Nullable Watched watched;

    /** What follows, once. */
    @FunctionalInterface
    interface Then {
        /** @param refusal why the bytes are not the whole body */
        void go(byte[] bytes, @Nullable Refusal refusal);
    }

    /** @param announced bytes, or -1 */
    BodyReading(Request request, int announced, Room room, Then then) {
        this.request = request;
        this.announced = announced;
        this.room = room;
        this.then = then;
        this.peer = Peer.of(request);
        this.bytes = new byte[Math.min(announced < 0 ? FIRST_BYTES : announced, Limits.BODY_UNCOUNTED_BYTES)];
    }

    @Override
    public void run() {
        Refusal refusal = null;
        try {
            if (!readOn()) {
                waitForMore();
                return;
            }
        } catch (Refusal refused) {
            refusal = refused;
        }
        end(refusal);
    }

    private void waitForMore() {
        if (watched == null) {
            watched = room.watch().watch(this::giveUp);
            watched.moved(length);
        }
        request.demand(this);
    }

    /** Only Jetty may end its wait, which it does when nothing moves for a moment. */
    private void giveUp() {
        isTooSlow = true;
        Wire.allowSilence(request, A_MOMENT_SECONDS);
    }

    /** @return whether the body is whole; else there is more to come */
    private boolean readOn() {
        while (true) {
            if (isTooSlow) {
                throw slow();
            }
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                return false;
            }
            if (Content.Chunk.isFailure(chunk)) {
                throw chunk.getFailure() instanceof TimeoutException
                        ? slow()
                        : new Refusal(ErrorCode.INVALID_JSON, "The body ended before it was whole.");
            }
            try {
                take(chunk.getByteBuffer());
            } finally {
                chunk.release();
            }
            if (chunk.isLast()) {
                return true;
            }
        }
    }

    private void take(ByteBuffer piece) {
        int count = piece.remaining();
        if (count > Limits.BODY_BYTES - length) {
            throw ReadBody.tooLarge(Limits.BODY_BYTES);
        }
        if (length + count > bytes.length) {
            grow(length + count);
        }
        piece.get(bytes, length, count);
        length += count;
        if (watched != null) {
            watched.moved(count);
        }
    }

    private void grow(int needed) {
        int wanted = Math.max(needed, Math.min(2 * bytes.length, Limits.BODY_BYTES));
        int capacity = announced < 0 ? wanted : Math.max(needed, Math.min(wanted, announced));
        int taken = Math.max(0, capacity - Limits.BODY_UNCOUNTED_BYTES);
        if (!room.bytes().take(peer, taken - counted)) {
            throw new Refusal(
                    ErrorCode.RATE_LIMITED,
                    "There is no room for a body of this size now: many large ones are on their way. Come back later.");
        }
        counted = taken;
        bytes = Arrays.copyOf(bytes, capacity);
    }

    private void end(@Nullable Refusal refusal) {
        try {
            if (watched != null) {
                watched.close();
            }
            if (isTooSlow) {
                Wire.allowSilence(request, Limits.LEFTOVER_SECONDS);
            }
            byte[] whole = refusal != null || length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
            then.go(whole, refusal);
        } finally {
            room.bytes().give(peer, counted);
        }
    }

    private static Refusal slow() {
        return new Refusal(
                ErrorCode.TOO_SLOW,
                "The body came with less than " + Limits.SLOWEST_BYTES_PER_SECOND + " bytes per second for more than "
                        + Limits.SLOW_SECONDS + " seconds.");
    }
}
