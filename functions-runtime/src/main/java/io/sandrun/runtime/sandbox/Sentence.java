package io.sandrun.runtime.sandbox;

/** What is said to a person. */
final class Sentence {
    private Sentence() {}

    /** What an exception says. */
    static String of(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Words that others have chosen, without what would control a terminal, or begin a line of a log. */
    static String harmless(String words) {
        return words.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }
}
