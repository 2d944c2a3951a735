package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Start;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * From the submit of a program over HTTP to its result, one job at a time on an idle platform, beside the same
 * interpreter started bare. Each way of starting is measured in turn with the bare one, so that a machine whose speed
 * drifts slows both, and on a platform of its own with one slot.
 */
public final class HelloLatency {
    private static final int DEFAULT_ROUNDS = 300;

    /** A program whose bare process takes long has so many times fewer rounds. */
    private static final int ROUNDS_OF_SLOW_SHARE = 3;

    /** MiB: any that is not the last one's makes a sandbox that was prepared for that one useless. */
    private static final int DISK_MB = 128;

    private static final int DISKS = 97;

    private final PrintStream out;
    private final Path scratch;
    private final Path starter;
    private final WarmUp warmUp;

    /**
     * What goes before.
     *
     * @param rounds on each platform, until a slot has a zygote
     */
    record WarmUp(Settling settling, int rounds) {
        private static final WarmUp WHOLE = new WarmUp(Settling.WHOLE, 20);
    }

    private HelloLatency(PrintStream out, Path scratch, WarmUp warmUp) throws Exception {
        this.out = out;
        this.scratch = scratch;
        this.starter = Starter.build(scratch);
        this.warmUp = warmUp;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_ROUNDS;
        Machine.print();
        run(System.out, PythonProgram.ALL, rounds, WarmUp.WHOLE);
        System.exit(0);
    }

    static void run(PrintStream out, List<PythonProgram> programs, int rounds, WarmUp warmUp) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            HelloLatency benchmark = new HelloLatency(out, scratch.path(), warmUp);
            benchmark.settle();
            for (PythonProgram program : programs) {
                if (program.isRunnable()) {
                    benchmark.measure(program, program.isSlow() ? Math.max(1, rounds / ROUNDS_OF_SLOW_SHARE) : rounds);
                } else {
                    out.printf("%n%s: %s does not run it here: skipped%n", program.name(), PythonProgram.PYTHON);
                }
            }
        }
    }

    private void settle() throws Exception {
        try (LocalPlatform platform = LocalPlatform.start(scratch, 1, List.of(PythonProgram.HELLO));
                JobLauncher launcher = launcher(platform, PythonProgram.HELLO, Start.WARM)) {
            warmUp.settling.settle(out, jobs -> {
                for (int job = 0; job < jobs; job++) {
                    launcher.start();
                }
            });
        }
    }

    private void measure(PythonProgram program, int rounds) throws Exception {
        out.printf("%n%s, submit to result, %d rounds of each, one at a time%n", program.name(), rounds);
        out.printf(
                "%-8s %8s %8s %8s %8s %8s %8s %8s%n",
                "", "p50 ms", "p95 ms", "p99 ms", "bare p50", "p50 x", "p99 x", "as meant");
        for (Start start : Start.values()) {
            measure(start, program, rounds);
        }
    }

    private void measure(Start start, PythonProgram program, int rounds) throws Exception {
        Path anything = Files.writeString(scratch.resolve("anything"), "");
        Samples bare = new Samples(rounds);
        Samples submitted = new Samples(rounds);
        Progress progress = new Progress(program.name() + ", " + start.wire(), warmUp.rounds + rounds);
        try (LocalPlatform platform = LocalPlatform.start(scratch, 1, List.of(program));
                Starter python = Starter.of(starter, anything, program.bare());
                JobLauncher launcher = launcher(platform, program, start)) {
            for (int round = -warmUp.rounds; round < rounds; round++) {
                long bareNanos = python.start();
                long jobNanos = launcher.start();
                if (round >= 0) {
                    bare.add(bareNanos);
                    submitted.add(jobNanos);
                } else {
                    launcher.shareAsWanted();
                }
                progress.step();
            }
            print(start, bare, submitted, launcher.shareAsWanted());
        }
    }

    private static JobLauncher launcher(LocalPlatform platform, PythonProgram program, Start start) throws Exception {
        return new JobLauncher(platform.url(), job(start, program), program.output(), start);
    }

    private static Supplier<JsonNode> job(Start start, PythonProgram program) {
        ObjectNode job = program.job();
        if (start == Start.WARM) {
            return () -> job;
        }
        if (start == Start.COLD) {
            // Of no effect, but read by an interpreter when it starts: so one has to be started.
            job.putObject("env").put("PYTHONWARNINGS", "");
        }
        AtomicInteger count = new AtomicInteger();
        // Never the same twice in a row, nor in an order that can be foreseen: nothing is there before.
        return () -> job.put("disk_mb", DISK_MB + Math.floorMod(count.incrementAndGet() * 31, DISKS));
    }

    private void print(Start start, Samples bare, Samples submitted, double shareAsWanted) {
        double bareMs = bare.percentileMs(50);
        out.printf(
                "%-8s %8.2f %8.2f %8.2f %8.2f %8.3f %8.3f %6.0f %%%n",
                start.wire(),
                submitted.percentileMs(50),
                submitted.percentileMs(95),
                submitted.percentileMs(99),
                bareMs,
                submitted.percentileMs(50) / bareMs,
                submitted.percentileMs(99) / bare.percentileMs(99),
                100 * shareAsWanted);
    }
}
