package io.sandrun.runtime.attack;

import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the run requests of the suite. The limits are small, so that an attack need not be large to go beyond them; the
 * amounts in attacks.txt are about twice these.
 *
 * @param program the attack program, which each job finds in its /work
 */
@SuppressWarnings("ArrayRecordComponent") // held, never compared
record AttackJobs(byte[] program) {
    private static final double CORES = 2;
    static final long MEMORY_BYTES = 64L << 20;
    static final int PROCESSES = 16;
    static final int OPEN_FILES = 256;
    static final long DISK_BYTES = 32L << 20;
    static final long DISK_INODES = 100;
    private static final int KEPT_BYTES = 64 << 10;
    static final long OUTPUT_BYTES = 1L << 20;

    /** Longer than all attacks together. */
    private static final Duration RESIDENCE = Duration.ofMinutes(30);

    /** One attack. */
    RunRequest attack(List<String> arguments, Expectation expectation) {
        RunLimits limits = limits(expectation.wallTime(), expectation.cpuTime());
        return request(arguments, List.of(input()), limits);
    }

    /** One that stays, with a file of that name. */
    RunRequest resident(List<String> arguments, String fileName) {
        InputFile file = new InputFile(fileName, fileName.getBytes(StandardCharsets.UTF_8), false);
        return request(arguments, List.of(input(), file), limits(RESIDENCE, RESIDENCE));
    }

    private InputFile input() {
        return new InputFile("attack", program, true);
    }

    private static RunRequest request(List<String> arguments, List<InputFile> files, RunLimits limits) {
        List<String> command = new ArrayList<>(List.of("/work/attack"));
        command.addAll(arguments);
        return new RunRequest(command, Map.of(), new byte[0], files, List.of(), limits);
    }

    private static RunLimits limits(Duration wallTime, Duration cpuTime) {
        return new RunLimits(
                wallTime,
                cpuTime,
                CORES,
                MEMORY_BYTES,
                PROCESSES,
                OPEN_FILES,
                DISK_BYTES,
                DISK_INODES,
                KEPT_BYTES,
                OUTPUT_BYTES);
    }
}
