package io.sandrun.benchmarks;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Preload;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.Slot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a Python program costs from its start to its end: started bare, executed in a fresh sandbox, and forked into one
 * from an interpreter that is there already. In turn, so that a machine whose speed drifts slows all of them.
 */
public final class WarmStart {
    /** While the others ran, the slot was idle and got the next sandbox ready, with the process in it. */
    private static final String WARM = "warm";

    /** In the instant in which the one before has ended. */
    private static final String FORKED = "forked, at once";

    private static final int DEFAULT_ROUNDS = 200;
    private static final int WARM_UP_ROUNDS = 30;
    private static final int ROUNDS_BEFORE_FORKS = 5;
    private static final int WINDOWS = 5;
    private static final int WINDOW_MILLIS = 1500;
    private static final int LOOPS = 2;

    private final PrintStream out;
    private final Sandboxes sandboxes;
    private final Path scratch;
    private final Path starter;

    private WarmStart(PrintStream out, Sandboxes sandboxes, Path scratch) throws Exception {
        this.out = out;
        this.sandboxes = sandboxes;
        this.scratch = scratch;
        this.starter = Starter.build(scratch);
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_ROUNDS;
        Machine.print();
        run(System.out, rounds, WARM_UP_ROUNDS, WINDOW_MILLIS);
        System.exit(0);
    }

    /** @param windowMillis how long each loop of starts is counted */
    static void run(PrintStream out, int rounds, int warmUpRounds, int windowMillis) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make();
                Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(LOOPS, scratch.path()))) {
            WarmStart benchmark = new WarmStart(out, sandboxes, scratch.path());
            for (PythonProgram program : PythonProgram.ALL) {
                if (program.isRunnable()) {
                    benchmark.latency(program, rounds, warmUpRounds);
                    benchmark.throughput(program, windowMillis);
                } else {
                    out.printf("%n%s: %s does not run it here: skipped%n", program.name(), PythonProgram.PYTHON);
                }
            }
        }
    }

    private static RunRequest request(PythonProgram program) {
        byte[] source = program.source().getBytes(StandardCharsets.UTF_8);
        return new RunRequest(
                List.of(PythonProgram.PYTHON, "main.py"),
                Map.of("PATH", "/usr/bin", "HOME", "/work", "OPENBLAS_NUM_THREADS", "1"),
                new byte[0],
                List.of(new InputFile("main.py", source, false)),
                List.of(),
                SlotLauncher.LIMITS);
    }

    private List<Entrant> entrants(PythonProgram program, Slot coldSlot, Slot slot, int rounds) throws IOException {
        // In a directory of its own: a program finds what is beside it before the packages of the same name.
        Path directory = Files.createDirectories(scratch.resolve("of-" + program.name()));
        Path file = Files.writeString(directory.resolve("main.py"), program.source());
        RunRequest cold = request(program);
        RunRequest forked = cold.with(Preload.forked(1, program.modules()));
        fork(slot, forked);
        List<String> bare = List.of(PythonProgram.PYTHON, file.toString());
        return List.of(
                new Entrant("bare", Starter.of(starter, file, bare), new Samples(rounds)),
                new Entrant("cold", new SlotLauncher(coldSlot, cold, false), new Samples(rounds)),
                new Entrant(WARM, new SlotLauncher(slot, forked, true), new Samples(rounds)));
    }

    /** The first runs of a kind start cold. */
    private static void fork(Slot slot, RunRequest request) throws IOException {
        RunResult result = runAndGetReady(slot, request);
        for (int round = 0; round < ROUNDS_BEFORE_FORKS && !result.phases().isForked(); round++) {
            result = runAndGetReady(slot, request);
        }
        if (!result.phases().isForked()) {
            throw new IOException("nothing is forked here: " + result.reason());
        }
    }

    private static RunResult runAndGetReady(Slot slot, RunRequest request) {
        RunResult result = slot.run(request, new Cancellation());
        slot.getReady();
        return result;
    }

    private void latency(PythonProgram program, int rounds, int warmUpRounds) throws IOException {
        List<Entrant> entrants = new ArrayList<>(entrants(program, sandboxes.slot(0), sandboxes.slot(1), rounds));
        Entrant warm = entrants.get(entrants.size() - 1);
        entrants.add(new Entrant(FORKED, warm.launcher(), new Samples(rounds)));
        Entrant.inTurn(entrants, warmUpRounds, rounds);
        out.printf("%n%s, %d rounds, one at a time%n", program.name(), rounds);
        out.printf("%-16s %8s %8s %8s %8s %8s%n", "", "p50 ms", "p95 ms", "p99 ms", "p50 x", "p99 x");
        Samples bare = entrants.get(0).samples();
        for (Entrant entrant : entrants) {
            Samples samples = entrant.samples();
            out.printf(
                    "%-16s %8.2f %8.2f %8.2f %8.3f %8.3f%n",
                    entrant.name(),
                    samples.percentileMs(50),
                    samples.percentileMs(95),
                    samples.percentileMs(99),
                    samples.percentileMs(50) / bare.percentileMs(50),
                    samples.percentileMs(99) / bare.percentileMs(99));
        }
    }

    private void throughput(PythonProgram program, int windowMillis) throws Exception {
        Race.upTo(LOOPS, out, WINDOWS, windowMillis, loop -> {
            Slot slot = sandboxes.slot(loop);
            return entrants(program, slot, slot, 0);
        });
    }
}
