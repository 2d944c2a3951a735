package io.sandrun.broker.store;

/** The store cannot take writes now: it is stopping, its queue is full, or the disk refused the commit. */
public final class StoreUnavailableException extends RuntimeException {
    public StoreUnavailableException(String message) {
        super(message);
    }

    public StoreUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
