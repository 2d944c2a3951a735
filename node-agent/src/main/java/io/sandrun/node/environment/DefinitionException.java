package io.sandrun.node.environment;

/** A definition cannot be read; the message is a sentence that names the file and the field. */
public final class DefinitionException extends Exception {
    private static final long serialVersionUID = 1;

    DefinitionException(String source, String sentence) {
        super(source + ": " + sentence);
    }

    static DefinitionException ofField(String source, String field, String expected) {
        return new DefinitionException(source, "the field \"%s\" must be %s.".formatted(field, expected));
    }
}
