package io.sandrun.node.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Where a policy's readings come from.
 *
 * @param clock for hours and pauses
 * @param powerSupplies as the kernel's {@code sysfs} shows them
 * @param proc as the kernel shows it
 * @param lookEvery how often readings of which no event tells are taken
 */
public record Surroundings(InstantSource clock, Path powerSupplies, Path proc, Duration lookEvery) {
    /** A look costs a few milliseconds where load is asked for; a minute's average is no younger for more of them. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    /** Those of the machine that this runs on. */
    public static Surroundings ofThisMachine() {
        return new Surroundings(Clock.systemUTC(), PowerSupplies.DIRECTORY, OthersLoad.PROC, LOOK_EVERY);
    }

    /** What is free, MiB, on the disk of a directory; 0 if nobody can tell. */
    static long freeDiskMb(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace() >> 20;
        } catch (IOException untold) {
            return 0;
        }
    }
}
