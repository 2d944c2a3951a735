package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
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
        byte[] body = bytes(request, Limits.BODY_BYTES);
        if (body.length > 0) {
            requireJson(request);
        }
        return body;
    }

    private static void requireJson(Context request) {
        String type = request.contentType();
        String essence = type == null ? "" : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!essence.equals(JSON)) {
            throw new Refusal(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "Send the body as JSON, with the header Content-Type: " + JSON + ".",
                    Map.of("accepted", JSON));
        }
    }

    /** @throws Refusal if the body is longer than {@code most} bytes */
    static byte[] bytes(Context request, int most) {
        long announced = request.req().getContentLengthLong();
        if (announced > most) {
            throw tooLarge(most);
        }
        // One byte more than there should be: reading it finds the end of the body, or that it is too long.
        int wanted = (int) (announced < 0 ? most : announced) + 1;
        try (InputStream in = request.bodyInputStream()) {
            byte[] body = in.readNBytes(wanted);
            if (body.length > most) {
                throw tooLarge(most);
            }
            return body;
        } catch (IOException broken) {
            throw new Refusal(ErrorCode.INVALID_JSON, "The body ended before it was whole.");
        }
    }

    private static Refusal tooLarge(int most) {
        return new Refusal(
                ErrorCode.BODY_TOO_LARGE, "The body is larger than " + most + " bytes.", Map.of("limit_bytes", most));
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
