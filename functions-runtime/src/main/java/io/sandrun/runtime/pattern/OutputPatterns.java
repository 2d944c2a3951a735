package io.sandrun.runtime.pattern;

import java.util.List;

/** All wishes of a manifest; none at all wish for whatever the job made or changed. Immutable. */
public final class OutputPatterns {
    /** Each is compared with every file of the job's folder. */
    public static final int MAX_PATTERNS = 100;

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
    public boolean wantOnlyChanged() {
        return patterns.isEmpty();
    }

    public boolean want(List<String> path) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.matches(path));
    }

    /** Whether something that is wanted may lie in that directory. */
    public boolean wantFrom(List<String> directory) {
        return patterns.isEmpty() || patterns.stream().anyMatch(pattern -> pattern.mayLieIn(directory));
    }

    /** Whether that path was counted on to be a directory. */
    public boolean expectDirectory(List<String> path) {
        return patterns.stream().anyMatch(pattern -> pattern.leadsThrough(path));
    }
}
