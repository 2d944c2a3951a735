package io.sandrun.broker.http;

import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what the server below Javalin refuses before any route is looked for, in the one shape of errors. */
final class MalformedRequests extends ErrorHandler {
    private final OriginGuard guard;
    private final SecurityHeaders headers;

    MalformedRequests(OriginGuard guard, SecurityHeaders headers) {
        this.guard = guard;
        this.headers = headers;
    }

    /** Also for verbs for which the server has no pages of its own. */
    @Override
    public boolean errorPageForMethod(String verb) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        HttpFields asked = request.getHeaders();
        headers.putOn(response.getHeaders());
        guard.reader(asked.get(HttpHeader.HOST), asked.get(HttpHeader.ORIGIN))
                .ifPresent(reader -> response.getHeaders().put("Access-Control-Allow-Origin", reader));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        if (status == 503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
        }
        Content.Sink.write(response, true, Json.write(body(status, message)), callback);
    }

    private static ErrorBody body(int status, @Nullable String message) {
        ErrorCode code = code(status);
        String sentence = code == ErrorCode.MALFORMED_REQUEST
                ? "The request is not well-formed HTTP: " + reason(message) + "."
                : "The broker did not do this (" + status + "): try again.";
        return new ErrorBody(sentence, code.wire(), Map.of());
    }

    /** 501 and 505 speak of the request: a transfer coding or a version that is not known here. */
    private static ErrorCode code(int status) {
        return switch (status) {
            case 503 -> ErrorCode.UNAVAILABLE;
            case 500, 502, 504 -> ErrorCode.INTERNAL;
            default -> ErrorCode.MALFORMED_REQUEST;
        };
    }

    private static String reason(@Nullable String message) {
        return message == null || message.isBlank() ? "it cannot be read" : message;
    }
}
