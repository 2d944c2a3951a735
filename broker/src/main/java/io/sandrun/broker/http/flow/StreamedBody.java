package io.sandrun.broker.http.flow;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A body that is read while it comes, by a thread that waits for it. For one request, one thread at a time. */
public final class StreamedBody {
    private final Context request;
    private @Nullable Paced paced;

    public StreamedBody(Context request) {
        this.request = request;
    }

    /** Bytes that the sender announced, or -1. */
    public long announcedBytes() {
        return request.req().getContentLengthLong();
    }

    /**
     * Asks for the body: a sender that waits for "100 Continue" sends nothing before.
     *
     * @param bytesMax beyond which, or when it is too slow, reading throws a {@link Refusal}
     */
    public InputStream open(long bytesMax) {
        paced = new Paced(request.bodyInputStream(), bytesMax);
        return paced;
    }

    /**
     * Takes the body; of one that is refused the rest is read, so that a sender who listens only afterwards hears why.
     * This takes no thread, and neither long nor much: otherwise the sender finds the connection closed.
     */
    public <T> CompletableFuture<T> taken(Supplier<CompletableFuture<T>> taking) {
        CompletableFuture<T> taken;
        try {
            taken = taking.get();
        } catch (Refusal refused) {
            taken = CompletableFuture.failedFuture(refused);
        }
        return taken.exceptionallyCompose(
                failure -> leave().thenCompose(left -> CompletableFuture.failedFuture(failure)));
    }

    private CompletableFuture<Void> leave() {
        Paced begun = paced;
        boolean waitsForUs = begun == null && request.header("Expect") != null;
        long left = announcedBytes() - (begun == null ? 0 : begun.bytes);
        if (waitsForUs || left > Limits.LEFTOVER_BYTES) {
            return CompletableFuture.completedFuture(null);
        }
        return Leftover.of(Wire.below(request));
    }

    public static Refusal tooLarge(long bytesMax) {
        return new Refusal(
                ErrorCode.BODY_TOO_LARGE,
                "The upload is larger than " + bytesMax + " bytes.",
                Map.of("limit_bytes", bytesMax));
    }

    /** Counts what comes, and how fast. */
    private static final class Paced extends FilterInputStream {
        private final long bytesMax;
        private final Pace pace = new Pace(Pace.LEAST, System.nanoTime());
        private long bytes;

        Paced(InputStream in, long bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        /** @throws Refusal if it is too much or too slow */
        @Override
        public int read(byte[] piece, int offset, int length) throws IOException {
            int count;
            try {
                count = super.read(piece, offset, length);
            } catch (IOException broken) {
                if (broken.getCause() instanceof TimeoutException) {
                    throw tooSlow();
                }
                throw broken;
            }
            bytes += Math.max(0, count);
            pace.moved(Math.max(0, count));
            if (bytes > bytesMax) {
                throw tooLarge(bytesMax);
            }
            if (count > 0 && pace.isTooSlow(System.nanoTime())) {
                throw tooSlow();
            }
            return count;
        }

        private static Refusal tooSlow() {
            return new Refusal(
                    ErrorCode.TOO_SLOW,
                    "The upload stood still for " + Limits.TRANSFER_IDLE_SECONDS + " seconds, or came with less than "
                            + Limits.SLOWEST_BYTES_PER_SECOND + " bytes per second.");
        }
    }
}
