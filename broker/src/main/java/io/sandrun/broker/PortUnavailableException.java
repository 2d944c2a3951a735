package io.sandrun.broker;

/** The broker cannot listen where it should. */
public final class PortUnavailableException extends RuntimeException {
    public PortUnavailableException(String host, int port, Throwable cause) {
        super(
                "Cannot listen on " + host + ":" + port + " (" + cause.getMessage()
                        + "): stop what listens there, or choose another port with --port.",
                cause);
    }
}
