package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.http.flow.MediaType;
import io.sandrun.broker.http.flow.ReadBody;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.util.Map;

/** Reads the parts of a request that are the same everywhere: a bounded JSON body, and the time to wait. */
final class RequestReader {
    private static final String JSON = "application/json";

    private RequestReader() {}

    /** @throws Refusal unless the body is one JSON object of allowed size */
    static JsonFields json(Context request) {
        return JsonFields.parse(jsonBody(request));
    }

    /** The body as it came, for what is signed. */
    static byte[] jsonBody(Context request) {
        return jsonBody(request, Limits.BODY_BYTES);
    }

    /** Likewise; a larger one is refused. */
    static byte[] jsonBody(Context request, int bytesMax) {
        if (MultipartBody.isSent(request)) {
            requireJson(request);
        }
        byte[] body = ReadBody.of(request, bytesMax);
        if (body.length > 0) {
            requireJson(request);
        }
        return body;
    }

    private static void requireJson(Context request) {
        if (!MediaType.of(request.contentType()).equals(JSON)) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as JSON, with the header Content-Type: " + JSON + ".",
                    Map.of("accepted", JSON));
        }
    }

    /** The query parameter {@code wait} in milliseconds. */
    static long waitMs(Context request, double secondsOtherwise) {
        String written = request.queryParam("wait");
        if (written == null) {
            return Math.round(secondsOtherwise * 1000);
        }
        try {
            double seconds = Double.parseDouble(written);
            if (seconds >= 0 && seconds <= Limits.WAIT_SECONDS_MAX) {
                return Math.round(seconds * 1000);
            }
        } catch (NumberFormatException wrong) {
            // Refused below like a number out of bounds.
        }
        throw Refusal.invalidField("wait", "seconds from 0 to " + (int) Limits.WAIT_SECONDS_MAX);
    }
}
