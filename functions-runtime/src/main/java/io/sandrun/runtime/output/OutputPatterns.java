package io.sandrun.runtime.output;

import java.util.List;

/** All wishes of a manifest; none at all wish for whatever the job made or changed. Immutable. */
public final class OutputPatterns {
    private static final int MAX_PATTERNS = 100;

    private final List<OutputPattern> patterns;

    private OutputPatterns(List<OutputPattern> patterns) {
        this.patterns = patterns;
    }

    /**
     * Reads the patterns of a manifest.
     *
     * @throws IllegalArgumentException with a sentence that names the pattern which is none
     */
    public static OutputPatterns parse(List<String> patterns) {
        if (patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException("There are more than " + MAX_PATTERNS + " output patterns.");
        }
        return new OutputPatterns(patterns.stream().map(OutputPattern::parse).toList());
    }

    /** Whether it matters that the job made or changed a file. */
    boolean wantOnlyChanged() {
        return patterns.isEmpty();
    }

    boolean want(List<String> path) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }

    /** Whether something that is wanted may lie in that directory. */
    boolean wantFrom(List<String> directory) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.mayLieIn(directory));
    }

    /** Whether that path was counted on to be a directory. */
    boolean expectDirectory(List<String> path) {
        return patterns.stream().anyMatch(pattern -> pattern.leadsThrough(path));
    }
}
