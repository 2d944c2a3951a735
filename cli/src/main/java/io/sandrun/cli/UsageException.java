package io.sandrun.cli;

/** The command was used in a way that cannot work; the message says how it can. Leads to exit code 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
