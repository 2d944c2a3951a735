package io.sandrun.runtime.output;

import io.sandrun.runtime.pattern.OutputPatterns;
import java.util.List;

/**
 * Which files of /work are wanted after a run, and where they go.
 *
 * @param patterns see {@link OutputPatterns}; none means every file that the job made or changed
 * @param artifacts gets each file's bytes
 */
public record OutputRequest(List<String> patterns, OutputLimits limits, ArtifactSink artifacts) {
    /** No files at all: /work is not looked at. */
    public static final OutputRequest NOTHING =
            new OutputRequest(List.of(), OutputLimits.NOTHING, ArtifactSink.NOWHERE);

    public OutputRequest {
        patterns = List.copyOf(patterns);
    }

    /** Whether inputs must be told from what the job made. */
    public boolean wantsOnlyChanged() {
        return !isNothing() && patterns.isEmpty();
    }

    public boolean isNothing() {
        return limits.files() == 0;
    }
}
