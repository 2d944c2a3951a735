package io.sandrun.broker.store;

/** The database's schema is not one that this program may work with; the message says what to do. */
public final class SchemaException extends RuntimeException {
    SchemaException(String message) {
        super(message);
    }
}
