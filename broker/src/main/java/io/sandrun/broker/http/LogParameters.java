package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.websocket.WsContext;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.log.LogWish;
import io.sandrun.protocol.log.LogStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads what a request wants of a log, and in which form. */
final class LogParameters {
    private static final String STREAMS =
            Arrays.stream(LogStream.values()).map(LogStream::wire).collect(Collectors.joining(", "));

    /** Programs of a terminal that show what they get as it is. */
    private static final Set<String> TERMINAL_CLIENTS = Set.of("curl", "wget", "httpie");

    /** The header of an event stream that is opened again. */
    private static final String LAST_EVENT_ID = "Last-Event-ID";

    private LogParameters() {}

    static LogWish wish(Context request) {
        LogWish wish = wish(
                request.pathParam("id"),
                request.queryParam("stream"),
                request.queryParam("attempt"),
                request.queryParam("offset"));
        String lastEvent = request.header(LAST_EVENT_ID);
        return lastEvent == null || lastEvent.isBlank() ? wish : after(wish, lastEvent.strip());
    }

    static LogWish wish(WsContext socket) {
        return wish(
                socket.pathParam("id"),
                socket.queryParam("stream"),
                socket.queryParam("attempt"),
                socket.queryParam("offset"));
    }

    /** Bytes of text that are wanted at most. */
    static long limit(Context request) {
        String limit = request.queryParam("limit");
        return limit == null ? Long.MAX_VALUE : number("limit", limit, Long.MAX_VALUE);
    }

    private static LogWish wish(
            String jobId, @Nullable String stream, @Nullable String attempt, @Nullable String offset) {
        return new LogWish(
                jobId,
                stream == null ? null : stream(stream),
                (int) number("attempt", attempt, Integer.MAX_VALUE),
                number("offset", offset, Long.MAX_VALUE));
    }

    /** {@code ATTEMPT.OFFSET}, as our events are numbered, or an offset alone. */
    private static LogWish after(LogWish wish, String id) {
        int dot = id.indexOf('.');
        return new LogWish(
                wish.jobId(),
                wish.stream(),
                dot < 0 ? 0 : (int) number(LAST_EVENT_ID, id.substring(0, dot), Integer.MAX_VALUE),
                number(LAST_EVENT_ID, id.substring(dot + 1), Long.MAX_VALUE));
    }

    private static LogStream stream(String written) {
        return LogStream.named(written).orElseThrow(() -> Refusal.invalidField("stream", "one of " + STREAMS));
    }

    private static long number(String field, @Nullable String written, long most) {
        if (written == null) {
            return 0;
        }
        try {
            long number = Long.parseLong(written);
            if (number >= 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException wrong) {
            // Refused below like a number out of bounds.
        }
        throw Refusal.invalidField(field, "a whole number from 0 on");
    }

    /**
     * Whether the answer is to be text: {@code format} decides, else what is accepted, else whether the client is one
     * of a terminal.
     */
    static boolean wantsText(Context request) {
        String format = request.queryParam("format");
        if (format != null) {
            return isText(format);
        }
        String accept = request.header("Accept");
        String accepted = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
        int text = accepted.indexOf("text/plain");
        int json = accepted.indexOf("application/json");
        if (text >= 0 || json >= 0) {
            return text >= 0 && (json < 0 || text < json);
        }
        boolean isOpen = accepted.isBlank() || accepted.strip().equals("*/*");
        return isOpen && isOfTerminal(request.header("User-Agent"));
    }

    /** Whether a watcher wants the bare text, which is what it gets unless it asks for more. */
    static boolean watchesText(@Nullable String format) {
        return format == null || isText(format);
    }

    private static boolean isText(String format) {
        return switch (format) {
            case "text" -> true;
            case "json" -> false;
            default -> throw Refusal.invalidField("format", "text or json");
        };
    }

    private static boolean isOfTerminal(@Nullable String userAgent) {
        String agent = userAgent == null ? "" : userAgent.toLowerCase(Locale.ROOT);
        return TERMINAL_CLIENTS.stream().anyMatch(agent::startsWith);
    }
}
