package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.project.PartSink;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.MultiPart;
import org.jspecify.annotations.Nullable;

/**
 * A body of multipart/form-data, bounded in size and time. Its parts are passed on while they come: what Javalin offers
 * for this writes all of them to disk before anybody sees the first. For one request.
 */
final class MultipartBody {
    static final String TYPE = "multipart/form-data";

    /** RFC 2046 allows 70 characters. */
    private static final int BOUNDARY_CHARACTERS = 70;

    private static final int PIECE_BYTES = 64 * 1024;

    /** How slow a whole upload may be on average, bytes per second, once it had time to begin: it holds a thread. */
    private static final long SLOWEST_BYTES_PER_SECOND = 1024;

    private static final long SLOW_SECONDS = 60;

    /** After a refusal the rest is read for so long, milliseconds: most clients listen only when they have sent all. */
    private static final long DRAIN_MS = 3_000;

    private MultipartBody() {}

    /** Whether the request says that it has such a body. */
    static boolean isSent(Context request) {
        String type = request.contentType();
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(TYPE);
    }

    /**
     * Reads the whole body. Blocks while the client sends.
     *
     * @throws Refusal if it is malformed, too large or too slow, or if the sink refuses a part
     */
    static void read(Context request, PartSink sink) {
        if (request.req().getContentLengthLong() > Limits.UPLOAD_BYTES) {
            throw tooLarge();
        }
        String boundary = boundary(request.contentType());
        try (Metered in = new Metered(request.bodyInputStream())) {
            try {
                new MultipartReader(in, boundary).read(sink);
                in.drain(Long.MAX_VALUE);
            } catch (Refusal refused) {
                in.drain(DRAIN_MS);
                throw refused;
            }
        } catch (IOException broken) {
            throw new Refusal(ErrorCode.INVALID_MULTIPART, "The upload ended before it was whole.");
        }
    }

    private static String boundary(@Nullable String type) {
        String boundary = MultiPart.extractBoundary(type);
        if (boundary == null || !boundary.matches("[ -~]{1," + BOUNDARY_CHARACTERS + "}")) {
            throw new Refusal(
                    ErrorCode.INVALID_MULTIPART,
                    "The header Content-Type must give a boundary of 1 to " + BOUNDARY_CHARACTERS
                            + " printable ASCII characters.",
                    Map.of("field", "Content-Type"));
        }
        return boundary;
    }

    private static Refusal tooLarge() {
        return new Refusal(
                ErrorCode.BODY_TOO_LARGE,
                "The upload is larger than " + Limits.UPLOAD_BYTES + " bytes.",
                Map.of("limit_bytes", Limits.UPLOAD_BYTES));
    }

    /** Counts what comes, and how fast. */
    private static final class Metered extends FilterInputStream {
        private final long startedAtNanos = System.nanoTime();
        private long bytes;

        Metered(InputStream in) {
            super(in);
        }

        /** @throws Refusal if it is too much or too slow */
        @Override
        public int read(byte[] piece, int offset, int length) throws IOException {
            int count = super.read(piece, offset, length);
            bytes += Math.max(0, count);
            if (bytes > Limits.UPLOAD_BYTES) {
                throw tooLarge();
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAtNanos);
            if (count > 0 && seconds > SLOW_SECONDS && bytes / seconds < SLOWEST_BYTES_PER_SECOND) {
                throw new Refusal(
                        ErrorCode.TOO_SLOW,
                        "The upload comes with less than " + SLOWEST_BYTES_PER_SECOND + " bytes per second.");
            }
            return count;
        }

        /** Reads what is left, for so long at most. */
        void drain(long timeMs) throws IOException {
            byte[] piece = new byte[PIECE_BYTES];
            long startNanos = System.nanoTime();
            while (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) < timeMs) {
                if (bytes > Limits.UPLOAD_BYTES || read(piece, 0, piece.length) < 0) {
                    return;
                }
            }
        }
    }
}
