package io.sandrun.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * From the submit of a program over HTTP to its result, one job at a time on an idle platform, beside the same
 * interpreter started bare. Each way of starting has a node of its own with one slot, so that none is in another's way;
 * all are measured in turn, so that a machine whose speed drifts slows all of them.
 */
public final class HelloLatency {
    private static final int DEFAULT_ROUNDS = 300;
    private static final int WARM_UP_ROUNDS = 100;

    /** MiB: any that is not the last one's makes a sandbox that was prepared for that one useless. */
    private static final int DISK_MB = 128;

    private static final int DISKS = 97;

    private final PrintStream out;
    private final Path scratch;
    private final Path starter;

    private HelloLatency(PrintStream out, Path scratch) throws Exception {
        this.out = out;
        this.scratch = scratch;
        this.starter = Starter.build(scratch);
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_ROUNDS;
        Machine.print();
        run(System.out, PythonProgram.ALL, rounds, WARM_UP_ROUNDS);
        System.exit(0);
    }

    static void run(PrintStream out, List<PythonProgram> programs, int rounds, int warmUpRounds) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make()) {
            HelloLatency benchmark = new HelloLatency(out, scratch.path());
            for (PythonProgram program : programs) {
                if (program.isRunnable()) {
                    benchmark.measure(program, rounds, warmUpRounds);
                } else {
                    out.printf("%n%s: %s does not run it here: skipped%n", program.name(), PythonProgram.PYTHON);
                }
            }
        }
    }

    /** One way of having a program run, and how long it took. */
    private record Way(Start start, JobLauncher launcher, Samples samples) {}

    private void measure(PythonProgram program, int rounds, int warmUpRounds) throws Exception {
        Path anything = Files.writeString(scratch.resolve("anything"), "");
        Samples bare = new Samples(rounds);
        try (LocalPlatform platform = LocalPlatform.start(scratch);
                Starter python = Starter.of(starter, anything, program.bare())) {
            BrokerClient client = platform.client();
            List<Way> ways = List.of(
                    way(Start.COLD, program, client, rounds),
                    way(Start.FORKED, program, client, rounds),
                    way(Start.WARM, program, client, rounds));
            for (Way way : ways) {
                platform.addNode(way.start.wire(), 1, List.of(program));
            }
            for (int round = -warmUpRounds; round < rounds; round++) {
                turn(round, bare, python, ways);
            }
            out.printf("%n%s, submit to result, %d rounds, one at a time%n", program.name(), rounds);
            print(bare, ways);
        }
    }

    private static void turn(int round, Samples bare, Starter python, List<Way> ways) throws IOException {
        long ofBare = python.start();
        if (round == 0) {
            ways.forEach(way -> way.launcher.shareAsWanted());
        }
        if (round >= 0) {
            bare.add(ofBare);
        }
        for (Way way : ways) {
            long nanos = way.launcher.start();
            if (round >= 0) {
                way.samples.add(nanos);
            }
        }
    }

    private static Way way(Start start, PythonProgram program, BrokerClient client, int rounds) {
        return new Way(
                start, new JobLauncher(client, job(start, program), program.output(), start), new Samples(rounds));
    }

    private static Supplier<JsonNode> job(Start start, PythonProgram program) {
        ObjectNode job = program.job();
        job.putObject("labels").put(LocalPlatform.LABEL, start.wire());
        return switch (start) {
            case WARM -> () -> job;
            case COLD -> {
                // Of no effect, but read by an interpreter when it starts: so one has to be started.
                job.putObject("env").put("PYTHONWARNINGS", "");
                yield () -> job;
            }
            case FORKED -> {
                AtomicInteger count = new AtomicInteger();
                // Never the same twice in a row, nor in an order that can be foreseen from two of them.
                yield () -> job.put("disk_mb", DISK_MB + Math.floorMod(count.incrementAndGet() * 31, DISKS));
            }
        };
    }

    private void print(Samples bare, List<Way> ways) {
        out.printf("%-10s %8s %8s %8s %8s %8s %10s%n", "", "p50 ms", "p95 ms", "p99 ms", "p50 x", "p99 x", "as meant");
        print("bare", bare, bare, "");
        for (Way way : ways) {
            print(way.start.wire(), way.samples, bare, "%.0f %%".formatted(100 * way.launcher.shareAsWanted()));
        }
    }

    private void print(String name, Samples samples, Samples bare, String asMeant) {
        out.printf(
                "%-10s %8.2f %8.2f %8.2f %8.3f %8.3f %10s%n",
                name,
                samples.percentileMs(50),
                samples.percentileMs(95),
                samples.percentileMs(99),
                samples.percentileMs(50) / bare.percentileMs(50),
                samples.percentileMs(99) / bare.percentileMs(99),
                asMeant);
    }
}
