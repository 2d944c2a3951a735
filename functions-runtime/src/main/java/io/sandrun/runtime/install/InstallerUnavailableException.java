package io.sandrun.runtime.install;

/** This machine cannot install with that tool; the message says what is missing. */
public final class InstallerUnavailableException extends Exception {
    public InstallerUnavailableException(String sentence) {
        super(sentence);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
