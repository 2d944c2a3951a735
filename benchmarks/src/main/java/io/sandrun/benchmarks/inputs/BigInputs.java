package io.sandrun.benchmarks.inputs;

import io.sandrun.benchmarks.ScratchDirectory;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.archive.ArchiveSource;
import io.sandrun.runtime.output.ArtifactDirectory;
import io.sandrun.runtime.output.OutputLimits;
import io.sandrun.runtime.output.OutputRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Archives, outputs and prints that are far too big, one after the other in one slot, while small jobs go on in
 * another. Prints how each ended, how long that took, and how much slower the small jobs were than alone. A job that
 * merely uses a processor is among them, because that much a neighbour may cost. Exits with 1 when one ends in another
 * way than it should.
 */
public final class BigInputs {
    /** Each goes on this long, again and again, so that the neighbour's times are many. */
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(4);

    private static final int WARM_UP_ROUNDS = 500;

    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    private final Sandboxes sandboxes;
    private final ArtifactDirectory artifacts;
    private boolean asExpected = true;

    private BigInputs(Sandboxes sandboxes, ArtifactDirectory artifacts) {
        this.sandboxes = sandboxes;
        this.artifacts = artifacts;
    }

    /**
     * Something big.
     *
     * @param ends how it must end: its outcome, and the reason for what was left out of its outputs
     */
    private record Big(String name, RunRequest request, String ends) {}

    public static void main(String[] args) throws Exception {
        boolean asExpected;
        try (ScratchDirectory scratch = ScratchDirectory.make();
                Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(2, scratch.path()))) {
            BigInputs inputs = new BigInputs(sandboxes, new ArtifactDirectory(scratch.path()));
            inputs.measure();
            asExpected = inputs.asExpected;
        }
        System.exit(asExpected ? 0 : 1);
    }

    private void measure() throws InterruptedException {
        RunRequest small = job("true", 256 * MIB, List.of(), OutputRequest.NOTHING);
        Big nothing = new Big("nothing", job("exec sleep 1", 256 * MIB, List.of(), OutputRequest.NOTHING), "OK");
        warmUp(small);
        Neighbour.Pace alone = beside(nothing, small, null);
        for (Big big : List.of(
                busy(), zipBomb(), millionEntries(), sparseOutput(), largeOutput(), largeOutputTaken(), printer())) {
            beside(big, small, alone);
        }
    }

    private void warmUp(RunRequest small) {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            sandboxes.slot(round % 2).run(small, new Cancellation());
        }
    }

    private Big busy() {
        String loop = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        return new Big("a loop that counts", job(loop, 256 * MIB, List.of(), OutputRequest.NOTHING), "OK");
    }

    private Big zipBomb() {
        return new Big("10 GB zip bomb", unpacking(() -> GeneratedArchive.zipOfZeros(10 * GIB)), "INVALID_INPUT");
    }

    private Big millionEntries() {
        return new Big(
                "tar of a million entries", unpacking(() -> GeneratedArchive.tarOfFiles(1_000_000)), "INVALID_INPUT");
    }

    private RunRequest unpacking(ArchiveSource archive) {
        return job("echo never", 256 * MIB, List.of(archive), OutputRequest.NOTHING);
    }

    private Big sparseOutput() {
        return new Big(
                "sparse output of 2 GB",
                job("truncate -s 2G sparse", 2 * GIB, List.of(), taking(8 * MIB)),
                "OK, left out: TOO_LARGE");
    }

    private Big largeOutput() {
        return new Big(
                "output of 200 MB, 8 MiB allowed",
                job("head -c 200000000 /dev/zero > large", 256 * MIB, List.of(), taking(8 * MIB)),
                "OK, left out: TOO_LARGE");
    }

    private Big largeOutputTaken() {
        return new Big(
                "output of 200 MB, 256 MiB allowed",
                job("head -c 200000000 /dev/zero > large", 256 * MIB, List.of(), taking(256 * MIB)),
                "OK");
    }

    private Big printer() {
        return new Big(
                "10 million lines printed",
                job("exec seq 10000000", 256 * MIB, List.of(), OutputRequest.NOTHING),
                "OUTPUT_LIMIT");
    }

    private OutputRequest taking(long bytes) {
        OutputLimits limits = new OutputLimits(16, bytes, bytes, 64, 100_000, Duration.ofSeconds(30));
        return new OutputRequest(List.of(), limits, artifacts);
    }

    private static RunRequest job(String script, long diskBytes, List<ArchiveSource> archives, OutputRequest outputs) {
        RunLimits limits = new RunLimits(
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                1,
                512 * MIB,
                64,
                Limits.OPEN_FILES,
                diskBytes,
                Limits.DISK_INODES,
                Limits.OUTPUT_KEPT_BYTES,
                Limits.OUTPUT_TOTAL_BYTES);
        ArchiveLimits archiveLimits = ArchiveLimits.within(diskBytes, Limits.DISK_INODES);
        return new RunRequest(
                List.of("/bin/sh", "-c", script),
                Map.of("PATH", "/usr/bin:/bin"),
                new byte[0],
                new Inputs(List.of(), archives, archiveLimits),
                List.of(),
                limits,
                outputs);
    }

    private Neighbour.Pace beside(Big big, RunRequest small, Neighbour.@Nullable Pace alone)
            throws InterruptedException {
        long endNanos = System.nanoTime() + ROUND_NANOS;
        int rounds = 0;
        RunResult result;
        try (Neighbour neighbour = Neighbour.start(sandboxes.slot(1), small)) {
            do {
                result = sandboxes.slot(0).run(big.request(), new Cancellation());
                rounds++;
                if (!end(result).equals(big.ends())) {
                    asExpected = false;
                    break;
                }
            } while (System.nanoTime() < endNanos);
            Neighbour.Pace pace = neighbour.pace();
            print(big, result, rounds, pace, alone == null ? pace : alone);
            return pace;
        }
    }

    private static String end(RunResult result) {
        String outcome = result.outcome().name();
        return result.outputs().leftOut().isEmpty()
                ? outcome
                : outcome + ", left out: " + result.outputs().leftOut().get(0).reason();
    }

    private static void print(Big big, RunResult result, int rounds, Neighbour.Pace pace, Neighbour.Pace alone) {
        System.out.printf(
                Locale.ROOT,
                "%-34s %-24s %4d times; neighbour: %5d jobs, median %6.2f ms (%.2fx), p95 %6.2f ms (%.2fx)%n",
                big.name(),
                end(result),
                rounds,
                pace.jobs(),
                pace.medianMs(),
                pace.medianMs() / alone.medianMs(),
                pace.p95Ms(),
                pace.p95Ms() / alone.p95Ms());
        if (result.outcome() != Outcome.OK) {
            System.out.println("    " + result.reason());
        }
        if (!end(result).equals(big.ends())) {
            System.out.println("    NOT AS EXPECTED: " + big.ends());
        }
    }
}
