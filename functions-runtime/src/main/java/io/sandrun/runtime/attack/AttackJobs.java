package io.sandrun.runtime.attack;

import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.ShownTree;
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
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the run requests of the suite. The limits are small, so that an attack need not be large to go beyond them; the
 * amounts in attacks.txt are about twice these.
 *
 * @param program the attack program, which each job finds in its /work
 * @param interpreter what the jobs are forked from, or the directory of the program that shall wait for them; else null
 */
@SuppressWarnings("ArrayRecordComponent") // held, never compared
record AttackJobs(byte[] program, Way way, @Nullable Path interpreter) {
    private static final String STAND_IN = "attack.py";

    /** Every Python sets one variable by itself, where nobody has chosen a locale. */
    private static final byte[] STANDING_IN = """
            import os, sys
            os.environ.pop('LC_CTYPE', None)
            os.execv('/work/attack', ['/work/attack'] + sys.argv[1:])
            """.getBytes(StandardCharsets.UTF_8);

    /** Where the program is before a job is there. */
    private static final String SHOWN = "/shown";

    /** The program's word for that what follows is what would be its own. */
    private static final String WAITING = "do";

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
        return way == Way.FORKED ? List.of(attack, new InputFile(STAND_IN, STANDING_IN, false)) : List.of(attack);
    }

    private RunRequest request(List<String> arguments, Inputs inputs, RunLimits limits, OutputRequest outputs) {
        List<String> command = new ArrayList<>(
                switch (way) {
                    case COLD, READY -> List.of("/work/attack");
                    case FORKED -> List.of(String.valueOf(interpreter), "-I", STAND_IN);
                    case AWAITED -> List.of(SHOWN + "/attack", WAITING);
                });
        command.addAll(arguments);
        RunRequest request = new RunRequest(command, Map.of(), new byte[0], inputs, List.of(), limits, outputs);
        return switch (way) {
            case COLD, READY -> request;
            case FORKED -> request.with(Preload.forked(command.indexOf(STAND_IN), List.of()));
            case AWAITED ->
                request.with(Preload.awaited(1))
                        .with(List.of(new ShownTree(Objects.requireNonNull(interpreter), SHOWN)));
        };
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
