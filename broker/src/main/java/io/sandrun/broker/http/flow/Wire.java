package io.sandrun.broker.http.flow;

import io.javalin.http.Context;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** What is done to the connection below a request. */
public final class Wire {
    private Wire() {}

    /**
     * How long nothing may move on it, before whoever waits for that is told so. Jetty takes it back when the request
     * is over.
     */
    static void allowSilence(Request request, double seconds) {
        endPoint(request).setIdleTimeout((long) (seconds * TimeUnit.SECONDS.toMillis(1)));
    }

    /** Ends it, so that the caller does not take what it has for the whole. */
    public static void cutOff(Context request) {
        cutOff(below(request));
    }

    static void cutOff(Request request) {
        endPoint(request).close();
    }

    /** The server's own request, of which a handler is shown the outside. */
    static ServletContextRequest below(Context request) {
        return ServletContextRequest.getServletContextRequest(request.req());
    }

    private static EndPoint endPoint(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }
}
