package io.sandrun.broker;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which name was meant, by the number of letters to change (Levenshtein's distance). */
final class NearName {
    /** Names longer than this are no slip of the pen, and comparing them would cost. */
    private static final int CHARACTERS_MAX = 40;

    private NearName() {}

    /** The nearest of {@code names}, if it is near or one contains the other. */
    static Optional<String> of(String written, Collection<String> names) {
        if (written.length() > CHARACTERS_MAX) {
            return Optional.empty();
        }
        String lower = written.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(name -> distance(lower, name) <= Math.max(1, name.length() / 3)
                        || (lower.length() > 2 && (name.contains(lower) || lower.contains(name))))
                .min(Comparator.comparingInt(name -> distance(lower, name)));
    }

    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int column = 0; column < row.length; column++) {
            row[column] = column;
        }
        for (int line = 1; line <= one.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column < row.length; column++) {
                int change = diagonal + (one.charAt(line - 1) == other.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(change, 1 + Math.min(row[column], row[column - 1]));
            }
        }
        return row[other.length()];
    }
}
