package io.sandrun.broker.http.flow;

import io.sandrun.protocol.Limits;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;

/**
 * Closes connections on which no request has become whole for a time: those that say nothing, or begin a request or the
 * handshake of TLS and never come to its end, be it byte by byte.
 *
 * <p>That costs requests nothing. Jetty gives a connection another idle timeout while it serves a request, and likewise
 * a WebSocket: whoever has that of its connector is between two requests, and in the same gap as before if none has
 * been counted since. For one thread.
 */
final class SilentConnections {
    private final Server server;
    private final OpenConnections open;
    private final double seconds;
    private Map<EndPoint, Gap> gaps = new HashMap<>();

    /** A time between two requests, the first of which has that number. */
    private record Gap(long requests, long sinceNanos) {}

    /** @param seconds that may pass without a whole request */
    SilentConnections(Server server, OpenConnections open, double seconds) {
        this.server = server;
        this.open = open;
        this.seconds = seconds;
    }

    void look(long nowNanos) {
        double allowed = open.isPressed() ? Math.min(seconds, Limits.HEAD_SECONDS_PRESSED) : seconds;
        long allowedNanos = (long) (allowed * TimeUnit.SECONDS.toNanos(1));
        Map<EndPoint, Gap> stillGaps = new HashMap<>();
        for (Connector connector : server.getConnectors()) {
            if (!(connector instanceof AbstractConnector listening)) {
                continue;
            }
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                if (endPoint.getIdleTimeout() != listening.getIdleTimeout()) {
                    continue;
                }
                Gap gap = gap(endPoint, nowNanos);
                if (nowNanos - gap.sinceNanos() > allowedNanos) {
                    endPoint.close();
                } else {
                    stillGaps.put(endPoint, gap);
                }
            }
        }
        gaps = stillGaps;
    }

    /** Closes all that are there, whatever goes on on them. */
    void cutOff() {
        for (Connector connector : server.getConnectors()) {
            connector.getConnectedEndPoints().forEach(EndPoint::close);
        }
    }

    private Gap gap(EndPoint endPoint, long nowNanos) {
        Connection connection = endPoint.getConnection();
        if (connection instanceof SslConnection encrypted) {
            connection = encrypted.getSslEndPoint().getConnection();
        }
        long requests = connection == null ? 0 : connection.getMessagesIn();
        Gap known = gaps.get(endPoint);
        return known != null && known.requests() == requests ? known : new Gap(requests, nowNanos);
    }
}
