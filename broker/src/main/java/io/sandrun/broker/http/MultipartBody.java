package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.http.flow.MediaType;
import io.sandrun.broker.http.flow.StreamedBody;
import io.sandrun.broker.project.PartSink;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.eclipse.jetty.http.MultiPart;
import org.jspecify.annotations.Nullable;

/**
 * A body of multipart/form-data, bounded in size and time. Its parts are passed on while they come: what Javalin offers
 * for this writes all of them to disk before anybody sees the first. For one request.
 */
final class MultipartBody {
    /** RFC 2046 allows 70 characters. */
    private static final int BOUNDARY_CHARACTERS = 70;

    private static final int PIECE_BYTES = 64 * 1024;

    private MultipartBody() {}

    /** Whether the request says that it has such a body. */
    static boolean isSent(Context request) {
        return MediaType.of(request.contentType()).equals(MediaType.FORM);
    }

    /**
     * Reads the whole body. Blocks while the client sends.
     *
     * @throws Refusal if it is malformed, too large or too slow, or if the sink refuses a part
     */
    static void read(Context request, StreamedBody body, PartSink sink) {
        if (body.announcedBytes() > Limits.UPLOAD_BYTES) {
            throw StreamedBody.tooLarge(Limits.UPLOAD_BYTES);
        }
        String boundary = boundary(request.contentType());
        try (InputStream in = body.open(Limits.UPLOAD_BYTES)) {
            new MultipartReader(in, boundary).read(sink);
            byte[] epilogue = new byte[PIECE_BYTES];
            while (in.read(epilogue) >= 0) {
                // Nobody wants it.
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
}
