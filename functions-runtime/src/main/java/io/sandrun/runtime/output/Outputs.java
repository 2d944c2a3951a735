package io.sandrun.runtime.output;

import java.util.List;

/**
 * What was taken out of /work, and what was not.
 *
 * @param files in the order of their paths
 * @param leftOut the first of those that were wanted and not taken
 * @param leftOutCount of all of those
 */
public record Outputs(List<OutputFile> files, List<LeftOut> leftOut, long leftOutCount) {
    public static final Outputs NONE = new Outputs(List.of(), List.of(), 0);

    public Outputs {
        files = List.copyOf(files);
        leftOut = List.copyOf(leftOut);
    }
}
