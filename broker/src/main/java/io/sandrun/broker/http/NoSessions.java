package io.sandrun.broker.http;

import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.session.NullSessionCache;
import org.eclipse.jetty.session.NullSessionDataStore;

/**
 * The sessions of a servlet, which nobody here wants: Javalin opens one for each WebSocket, which would give the caller
 * a cookie, and stay in memory for ever. Of these nobody is told, and none is kept.
 */
final class NoSessions {
    private NoSessions() {}

    static SessionHandler handler() {
        SessionHandler handler = new SessionHandler();
        handler.setUsingCookies(false);
        handler.setUsingUriParameters(false);
        NullSessionCache nowhere = new NullSessionCache(handler);
        nowhere.setSessionDataStore(new NullSessionDataStore());
        handler.setSessionCache(nowhere);
        return handler;
    }
}
