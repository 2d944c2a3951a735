package io.sandrun.runtime.install;

import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.layer.LayerLimits;
import java.time.Duration;

/**
 * What one installation may use.
 *
 * @param wallTime of the installer
 * @param cores whose time it gets
 * @param memoryBytes of its processes
 * @param diskBytes of downloads, builds and the result together, which live in memory meanwhile
 * @param networkBytes in and out
 */
public record InstallLimits(Duration wallTime, double cores, long memoryBytes, long diskBytes, long networkBytes) {
    private static final int PROCESSES = 256;
    private static final int OPEN_FILES = 4096;

    /** A large node_modules has some ten thousand files; pip writes each twice. */
    private static final int INODES = 131_072;

    private static final int TREE_NAMES = 100_000;

    /** node_modules nests two directories for each package inside a package. */
    private static final int TREE_DEPTH = 100;

    private static final int LOG_BYTES = 1 << 20;
    private static final long PRINTED_BYTES = 64L << 20;

    /** What it can take of the machine's memory. */
    public long machineBytes() {
        return memoryBytes + diskBytes;
    }

    /** The same where it takes no more than that; else memory and disk shrink alike. */
    public InstallLimits within(long mostBytes) {
        if (machineBytes() <= mostBytes) {
            return this;
        }
        long memory = (long) (memoryBytes * ((double) mostBytes / machineBytes()));
        return new InstallLimits(wallTime, cores, memory, mostBytes - memory, networkBytes);
    }

    RunLimits ofRun() {
        return new RunLimits(
                wallTime,
                wallTime.multipliedBy((long) Math.ceil(cores)),
                cores,
                memoryBytes,
                PROCESSES,
                OPEN_FILES,
                diskBytes,
                INODES,
                LOG_BYTES,
                PRINTED_BYTES);
    }

    LayerLimits ofTree() {
        return new LayerLimits(diskBytes, TREE_NAMES, TREE_DEPTH);
    }
}
