package io.sandrun.broker.requirement;

/** A text that a person wrote does not follow its grammar. The message says what should stand there. */
public final class ExpressionException extends RuntimeException {
    private final int position;

    /**
     * @param expected a sentence's rest: what should stand there
     * @param position of the character where reading stopped, from 1
     */
    ExpressionException(String expected, int position) {
        super(expected, null, false, false);
        this.position = position;
    }

    /** The first character that could not be read, from 1; one beyond the last where something is missing. */
    public int position() {
        return position;
    }

    public String expected() {
        return String.valueOf(getMessage());
    }
}
