package io.sandrun.broker.http.flow;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.util.Map;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request whose body was read before anybody looks at it, or why it was not. */
public final class ReadBody extends Request.Wrapper {
    private final byte[] bytes;
    private final @Nullable Refusal refusal;

    ReadBody(Request request, byte[] bytes, @Nullable Refusal refusal) {
        super(request);
        this.bytes = bytes;
        this.refusal = refusal;
    }

    /**
     * The body of a request.
     *
     * @throws Refusal if it is longer than so many bytes, is one that is not read before, or was too slow, cut off or
     *     more than there is room for
     */
    public static byte[] of(Context request, int most) {
        if (request.req().getContentLengthLong() > most) {
            throw tooLarge(most);
        }
        ReadBody body = Request.as(Wire.below(request), ReadBody.class);
        if (body == null) {
            throw new Refusal(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "A form with files is not what is sent here.");
        }
        if (body.refusal != null) {
            throw body.refusal;
        }
        if (body.bytes.length > most) {
            throw tooLarge(most);
        }
        return body.bytes;
    }

    static Refusal tooLarge(int most) {
        return new Refusal(
                ErrorCode.BODY_TOO_LARGE, "The body is larger than " + most + " bytes.", Map.of("limit_bytes", most));
    }
}
