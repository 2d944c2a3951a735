package io.sandrun.runtime.environment;

/** The environment does not work here; the message is a sentence that says what is missing. */
public final class UnfitEnvironmentException extends Exception {
    private static final long serialVersionUID = 1;

    public UnfitEnvironmentException(String message) {
        super(message);
    }
}
