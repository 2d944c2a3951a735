package io.sandrun.broker.http;

import io.sandrun.protocol.ErrorBody;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Json;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what the server below Javalin refuses before any route is looked for, in the one shape of errors. */
final class MalformedRequests extends ErrorHandler {
    private static final int INTERNAL = 500;

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
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        Content.Sink.write(response, true, Json.write(body(status, message)), callback);
    }

    private static ErrorBody body(int status, @Nullable String message) {
        if (status == INTERNAL) {
            return new ErrorBody("The broker failed to do this.", ErrorCode.INTERNAL.wire(), Map.of());
        }
        String reason = message == null || message.isBlank() ? "it cannot be read" : message;
        return new ErrorBody(
                "The request is not well-formed HTTP: " + reason + ".", ErrorCode.MALFORMED_REQUEST.wire(), Map.of());
    }
}
