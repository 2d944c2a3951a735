package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.job.JobStatuses;
import io.sandrun.broker.log.LogFormat;
import io.sandrun.broker.log.LogSink;
import io.sandrun.broker.log.LogWatch;
import io.sandrun.broker.log.LogWatchers;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

/** The WebSockets on which logs are watched. Nothing is expected of their other side. Thread-safe. */
final class LogSockets {
    /** The close codes of RFC 6455, section 7.4.1; those from 4000 on are an application's own. */
    private static final int GOING_AWAY = 1001;

    private static final int SERVER_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;
    private static final int JOB_ENDED = 4000;
    private static final int JOB_FORGOTTEN = 4004;

    private final LogWatchers watchers;
    private final JobStatuses statuses;
    private final AccessCheck access;
    private final Map<String, Watching> open = new ConcurrentHashMap<>();

    private record Watching(LogWatch watch, OpenCalls.Call call) {}

    LogSockets(LogWatchers watchers, JobStatuses statuses, AccessCheck access) {
        this.access = access;
        this.watchers = watchers;
        this.statuses = statuses;
    }

    /** Before the handshake is answered. */
    void check(Context request) {
        LogParameters.wish(request);
        LogParameters.watchesText(request.queryParam("format"));
        statuses.requireShown(request.pathParam("id"));
        watchers.requireRoom();
    }

    /** Text alone, or with the place of each part where that is asked for. */
    void serve(WsConfig socket) {
        serve(
                socket,
                context -> LogParameters.watchesText(context.queryParam("format")) ? LogFormats.TEXT : LogFormats.JSON);
    }

    void serveWithStatus(WsConfig socket) {
        serve(socket, context -> LogFormats.TEXT_WITH_STATUS);
    }

    private void serve(WsConfig socket, Function<WsContext, LogFormat> format) {
        socket.onConnect(context -> opened(context, format.apply(context)));
        socket.onClose(this::closed);
    }

    private void opened(WsConnectContext context, LogFormat format) {
        try {
            context.enableAutomaticPings(PresenceSockets.PING_SECONDS, TimeUnit.SECONDS);
            LogWatch watch = watchers.watch(LogParameters.wish(context), format, new SocketSink(context.session));
            open.put(context.sessionId(), new Watching(watch, access.openSocket(context)));
            if (!context.session.isOpen()) {
                closed(context);
            }
        } catch (Refusal full) {
            context.closeSession(TRY_AGAIN_LATER, "too many watch logs already");
        }
    }

    private void closed(WsContext context) {
        Watching watching = open.remove(context.sessionId());
        if (watching != null) {
            watching.call.close();
            watchers.leave(watching.watch);
        }
    }

    private record SocketSink(Session session) implements LogSink {
        @Override
        public void send(String message, Consumer<@Nullable Throwable> sent) {
            session.sendText(message, Callback.from(() -> sent.accept(null), sent));
        }

        @Override
        public void end(End why) {
            switch (why) {
                case JOB_ENDED -> session.close(JOB_ENDED, "job completed", Callback.NOOP);
                case FORGOTTEN -> session.close(JOB_FORGOTTEN, "job forgotten", Callback.NOOP);
                case STOPPING -> session.close(GOING_AWAY, "the broker stops", Callback.NOOP);
                case FAILED -> session.close(SERVER_ERROR, "the log cannot be read", Callback.NOOP);
            }
        }

        @Override
        public void drop() {
            session.disconnect();
        }
    }
}
