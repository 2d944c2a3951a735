package io.sandrun.runtime.install;

/** Requirements that cannot even be read: whoever submitted them is to be told, in this sentence. */
public final class RequirementsException extends Exception {
    public RequirementsException(String sentence) {
        super(sentence);
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
