package io.sandrun.runtime.sandbox;

/** What an exception says to a person. */
final class Sentence {
    private Sentence() {}

    static String of(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
