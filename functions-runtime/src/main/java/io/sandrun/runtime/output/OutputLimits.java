package io.sandrun.runtime.output;

import java.time.Duration;

/**
 * How much is taken out of /work. What is beyond is left out and told, and the run's outcome stays what it is.
 *
 * @param files how many; 0 means that nothing is looked at
 * @param fileBytes of one file
 * @param totalBytes of all files
 * @param depth directories that one path may go through; each costs a descriptor while it is looked through
 * @param names how many entries of directories are looked at
 * @param time for all of it
 */
public record OutputLimits(int files, long fileBytes, long totalBytes, int depth, int names, Duration time) {
    static final OutputLimits NOTHING = new OutputLimits(0, 0, 0, 0, 0, Duration.ZERO);

    /** What is listed of that which was left out; the rest is counted. */
    static final int LISTED_LEFT_OUT = 100;

    private static final int MAX_DEPTH = 256;

    public OutputLimits {
        if (files < 0 || fileBytes < 0 || totalBytes < 0 || depth < 0 || depth > MAX_DEPTH || names < 0) {
            throw new IllegalArgumentException("a limit of outputs is negative, or the depth above " + MAX_DEPTH);
        }
    }
}
