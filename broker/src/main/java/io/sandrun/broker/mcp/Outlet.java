package io.sandrun.broker.mcp;

/** Where the messages go that answer one request. Returns at once; may be called from several threads. */
public interface Outlet {
    /** @param message one line of JSON */
    void send(String message);

    /** Nothing more comes. A second call does nothing. */
    void end();
}
