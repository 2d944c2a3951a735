package io.sandrun.runtime.attack;

import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.output.OutputRequest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the run requests of the suite. The limits are small, so that an attack need not be large to go beyond them; the
 * amounts in attacks.txt are about twice these.
 *
 * @param program the attack program, which each job finds in its /work
 * @param python what the jobs are forked from, to execute the program then; null when it is executed at once
 */
@SuppressWarnings("ArrayRecordComponent") // held, never compared
record AttackJobs(byte[] program, @Nullable Path python) {
    private static final String STAND_IN = "attack.py";
    private static final byte[] STANDING_IN =
            "import os, sys; os.execv('/work/attack', ['/work/attack'] + sys.argv[1:])"
                    .getBytes(StandardCharsets.UTF_8);

    private static final double CORES = 2;
    static final long MEMORY_BYTES = 64L << 20;
    static final int PROCESSES = 16;
    static final int OPEN_FILES = 256;
    static final long DISK_BYTES = 32L << 20;
    static final long DISK_INODES = 100;
    private static final long MANY_INODES = 5000;
    private static final int KEPT_BYTES = 64 << 10;
    static final long OUTPUT_BYTES = 1L << 20;

    /** Longer than all attacks together. */
    private static final Duration RESIDENCE = Duration.ofMinutes(30);

    /**
     * One attack.
     *
     * @param archives unpacked before
     * @param outputs asked for afterwards; nothing but an attack on them needs more than a few files
     */
    RunRequest attack(List<String> arguments, List<byte[]> archives, Expectation expectation, OutputRequest outputs) {
        long inodes = expectation instanceof Expectation.LeavesOut ? MANY_INODES : DISK_INODES;
        RunLimits limits = limits(expectation.wallTime(), expectation.cpuTime(), inodes);
        List<ArchiveSource> sources = archives.stream()
                .<ArchiveSource>map(bytes -> () -> new ByteArrayInputStream(bytes))
                .toList();
        Inputs inputs = new Inputs(inputs(), sources, ArchiveLimits.within(DISK_BYTES, DISK_INODES));
        return request(arguments, inputs, limits, outputs);
    }

    /** One that stays, with a file of that name. */
    RunRequest resident(List<String> arguments, String fileName) {
        InputFile file = new InputFile(fileName, fileName.getBytes(StandardCharsets.UTF_8), false);
        List<InputFile> files = new ArrayList<>(inputs());
        files.add(file);
        return request(arguments, Inputs.of(files), limits(RESIDENCE, RESIDENCE, DISK_INODES), OutputRequest.NOTHING);
    }

    private List<InputFile> inputs() {
        InputFile attack = new InputFile("attack", program, true);
        return python == null ? List.of(attack) : List.of(attack, new InputFile(STAND_IN, STANDING_IN, false));
    }

    private RunRequest request(List<String> arguments, Inputs inputs, RunLimits limits, OutputRequest outputs) {
        List<String> command = new ArrayList<>();
        if (python == null) {
            command.add("/work/attack");
        } else {
            command.addAll(List.of(python.toString(), "-I", STAND_IN));
        }
        command.addAll(arguments);
        RunRequest request = new RunRequest(command, Map.of(), new byte[0], inputs, List.of(), limits, outputs);
        return python == null ? request : request.with(new Preload(command.indexOf(STAND_IN), List.of()));
    }

    private static RunLimits limits(Duration wallTime, Duration cpuTime, long inodes) {
        return new RunLimits(
                wallTime,
                cpuTime,
                CORES,
                MEMORY_BYTES,
                PROCESSES,
                OPEN_FILES,
                DISK_BYTES,
                inodes,
                KEPT_BYTES,
                OUTPUT_BYTES);
    }
}
