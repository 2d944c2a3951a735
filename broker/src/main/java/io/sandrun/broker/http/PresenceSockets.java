package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.websocket.WsCloseContext;
import io.javalin.websocket.WsConfig;
import io.javalin.websocket.WsConnectContext;
import io.javalin.websocket.WsContext;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.claim.Presence;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.websocket.server.JettyWebSocketServletFactory;

/** The WebSockets by which nodes show that they are there. Nothing is said on them but pings. Thread-safe. */
final class PresenceSockets implements AutoCloseable {
    private static final String NODE_ID = "id";

    /** How often we ping, seconds: below the usual 30 to 60 s after which a NAT or a proxy forgets a connection. */
    static final long PING_SECONDS = 20;

    /** A connection that answered three pings with nothing is closed. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(3 * PING_SECONDS);

    /** Nothing is expected; what is said nevertheless is passed over, and this much costs nothing. */
    private static final int MESSAGE_BYTES_MAX = 1024;

    /** Close codes of RFC 6455, section 7.4.1. */
    private static final int GOING_AWAY = 1001;

    private static final int ABNORMAL = 1006;
    private static final int SERVER_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;

    private final Presence presence;
    private final NodeCallers callers;
    private final AccessCheck access;
    private final Map<WsContext, OpenCalls.Call> open = new ConcurrentHashMap<>();

    PresenceSockets(Presence presence, NodeCallers callers, AccessCheck access) {
        this.access = access;
        this.presence = presence;
        this.callers = callers;
    }

    static void bound(JettyWebSocketServletFactory factory) {
        factory.setIdleTimeout(IDLE_TIMEOUT);
        factory.setMaxTextMessageSize(MESSAGE_BYTES_MAX);
        factory.setMaxBinaryMessageSize(MESSAGE_BYTES_MAX);
    }

    /** Before the handshake is answered. */
    void check(Context request) {
        String nodeId = request.pathParam(NODE_ID);
        callers.admit(request, nodeId);
        presence.check(nodeId);
    }

    void serve(WsConfig socket) {
        socket.onConnect(this::opened);
        socket.onClose(this::closed);
    }

    private void opened(WsConnectContext context) {
        if (!presence.opened(context.pathParam(NODE_ID))) {
            context.closeSession(TRY_AGAIN_LATER, "too many connections");
            return;
        }
        context.enableAutomaticPings(PING_SECONDS, TimeUnit.SECONDS);
        open.put(context, access.openSocket(context));
        if (!context.session.isOpen()) {
            // Its key has ended meanwhile, and its own end may have come before it was noted here.
            ended(context, false);
        }
    }

    private void closed(WsCloseContext context) {
        ended(context, context.status() == ABNORMAL || context.status() == SERVER_ERROR);
    }

    private void ended(WsContext context, boolean isCutOff) {
        OpenCalls.Call call = open.remove(context);
        if (call != null) {
            call.close();
            presence.ended(context.pathParam(NODE_ID), isCutOff);
        }
    }

    /** Says farewell on every connection, so that none holds the stop of the server. */
    @Override
    public void close() {
        open.keySet().forEach(context -> context.closeSession(GOING_AWAY, "the broker stops"));
    }
}
