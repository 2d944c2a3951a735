package io.sandrun.protocol.identity;

/**
 * One thing that was checked.
 *
 * @param what a field, or {@code signature}, {@code seal.FIELD}, {@code outputs/PATH}: a stranger may have chosen it
 * @param holds whether it is as it should be
 * @param says what was found, as a part of a sentence
 */
public record Finding(String what, boolean holds, String says) {
    /**
     * What was found either way.
     *
     * @param good says it if it holds
     * @param bad says it if not
     */
    public static Finding of(String what, boolean holds, String good, String bad) {
        return new Finding(what, holds, holds ? good : bad);
    }

    static Finding good(String what, String says) {
        return new Finding(what, true, says);
    }

    static Finding bad(String what, String says) {
        return new Finding(what, false, says);
    }
}
