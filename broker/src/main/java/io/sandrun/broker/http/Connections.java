package io.sandrun.broker.http;

import io.javalin.http.Context;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/** What is done to the connection below a request. */
final class Connections {
    private Connections() {}

    /** Ends it, so that the caller does not take what it has for the whole. */
    static void cutOff(Context request) {
        ServletContextRequest.getServletContextRequest(request.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }
}
