package io.sandrun.broker.http.flow;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** What is done to the connection below a request. Jetty takes it back when the request is over. */
final class Wire {
    private Wire() {}

    /** How long nothing may move on it, before whoever waits for that is told so. */
    static void allowSilence(Request request, double seconds) {
        endPoint(request).setIdleTimeout((long) (seconds * TimeUnit.SECONDS.toMillis(1)));
    }

    static void cutOff(Request request) {
        endPoint(request).close();
    }

    private static EndPoint endPoint(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }
}
