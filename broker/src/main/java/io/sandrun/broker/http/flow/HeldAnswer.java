package io.sandrun.broker.http.flow;

import io.javalin.http.Context;
import io.sandrun.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is taken into memory while it is written and then sent as its reader takes it, so that no thread waits
 * for a slow one. The last piece is never waited for, so that a small answer, which is one piece, passes as it is.
 * Streams say so and are not held. Jetty writes one piece at a time.
 */
public final class HeldAnswer extends Response.Wrapper {
    private final Room room;
    private @Nullable ByteArrayOutputStream held;
    private boolean isStream;

    HeldAnswer(Request request, Response wrapped, Room room) {
        super(request, wrapped);
        this.room = room;
    }

    /** Lets the answer to a request go out as it is written. Whoever writes it sees to it that it moves. */
    public static void stream(Context request) {
        of(request).isStream = true;
    }

    /** Likewise, and ends the connection if its reader is too slow; to be closed when all is written. */
    public static PaceWatch.Watched pacedStream(Context request) {
        HeldAnswer answer = of(request);
        answer.isStream = true;
        return answer.room.watch().watch(answer::cutOff);
    }

    private static HeldAnswer of(Context request) {
        return Objects.requireNonNull(Response.as(Wire.below(request).getServletContextResponse(), HeldAnswer.class));
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
        if (isStream || (last && held == null)) {
            super.write(last, content, callback);
            return;
        }
        if (held == null) {
            held = new ByteArrayOutputStream();
        }
        byte[] piece = BufferUtil.toArray(content);
        held.write(piece, 0, piece.length);
        BufferUtil.clear(content);
        if (last) {
            byte[] whole = held.toByteArray();
            held = null;
            isStream = true;
            send(whole, callback);
        } else {
            callback.succeeded();
        }
    }

    private void send(byte[] whole, Callback callback) {
        int counted = Math.max(0, whole.length - Limits.BODY_UNCOUNTED_BYTES);
        if (counted == 0) {
            super.write(true, ByteBuffer.wrap(whole), callback);
            return;
        }
        Peer peer = Peer.of(getRequest());
        if (!room.bytes().take(peer, counted)) {
            Response.writeError(getRequest(), getWrapped(), callback, HttpStatus.SERVICE_UNAVAILABLE_503);
            return;
        }
        PaceWatch.Watched watched = room.watch().watch(this::cutOff);
        watched.moved(whole.length);
        Runnable sent = () -> {
            watched.close();
            room.bytes().give(peer, counted);
        };
        super.write(true, ByteBuffer.wrap(whole), new Callback.Nested(callback) {
            @Override
            public void succeeded() {
                sent.run();
                super.succeeded();
            }

            @Override
            public void failed(Throwable broken) {
                sent.run();
                super.failed(broken);
            }
        });
    }

    private void cutOff() {
        Wire.cutOff(getRequest());
    }
}
