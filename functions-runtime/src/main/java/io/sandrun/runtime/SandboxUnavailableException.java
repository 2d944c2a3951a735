package io.sandrun.runtime;

/** This machine cannot run sandboxes; the message says what is missing and what to do about it. */
public final class SandboxUnavailableException extends Exception {
    public SandboxUnavailableException(String message) {
        super(message);
    }

    public SandboxUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
