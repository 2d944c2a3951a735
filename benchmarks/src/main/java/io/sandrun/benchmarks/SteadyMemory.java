package io.sandrun.benchmarks;

import io.sandrun.node.NodeAgent;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The memory of a node agent and of its zygote while thousands of jobs run in one slot, one after the other. The broker
 * is a process of its own and not counted.
 */
public final class SteadyMemory {
    private static final int DEFAULT_JOBS = 10_000;
    private static final int LOOKS = 10;

    /** In the command line of a zygote, and so of what was forked from it. */
    private static final String OF_ZYGOTE = "hatch.py";

    /** In that of the broker. */
    private static final String OF_BROKER = "io.sandrun.cli.Main";

    private static final double MEBIBYTE = 1 << 20;

    private SteadyMemory() {}

    /** At one moment, MiB. */
    private record Look(int jobs, double heap, double besideHeap, double zygote, double processes) {
        static Look now(int jobs) throws IOException {
            List<ProcessHandle> children = ProcessMemory.descendants().stream()
                    .filter(ProcessMemory.whoseCommandHas(OF_BROKER).negate())
                    .toList();
            List<ProcessHandle> zygotes = children.stream()
                    .filter(ProcessMemory.whoseCommandHas(OF_ZYGOTE))
                    .toList();
            return new Look(
                    jobs,
                    OwnMemory.heapBytes() / MEBIBYTE,
                    OwnMemory.besideHeapBytes() / MEBIBYTE,
                    ProcessMemory.proportionalBytes(zygotes) / MEBIBYTE,
                    ProcessMemory.proportionalBytes(children) / MEBIBYTE);
        }
    }

    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_JOBS;
        Machine.print();
        run(System.out, jobs, LOOKS);
        System.exit(0);
    }

    /** @param looks at the memory, beside that before the jobs; which comes when a tenth of them has warmed Java up */
    static void run(PrintStream out, int jobs, int looks) throws Exception {
        try (ScratchDirectory scratch = ScratchDirectory.make();
                BrokerProcess broker = BrokerProcess.start(scratch.path().resolve("broker"));
                NodeAgent node = node(broker, scratch.path())) {
            JobStream stream = new JobStream(broker.url(), PythonProgram.HELLO);
            stream.run(Math.max(1, jobs / LOOKS), result -> {});
            List<Look> seen = new ArrayList<>(List.of(Look.now(0)));
            for (int look = 1; look <= looks; look++) {
                int before = seen.get(seen.size() - 1).jobs;
                int until = (int) ((long) jobs * look / looks);
                stream.run(until - before, result -> {});
                seen.add(Look.now(until));
            }
            out.printf(
                    "%,d hello jobs in a row, one slot, %s%n",
                    jobs, node.capabilities().platform());
            print(out, seen);
        }
    }

    private static NodeAgent node(BrokerProcess broker, Path scratch) throws Exception {
        return LocalPlatform.node(broker.url(), scratch.resolve("node"), 1, List.of(PythonProgram.HELLO));
    }

    private static void print(PrintStream out, List<Look> seen) {
        out.printf("%-46s %8s %8s %8s%n", "MiB", "start", "most", "end");
        print(out, seen, "agent: heap after a collection", Look::heap);
        print(out, seen, "agent: beside the heap", Look::besideHeap);
        print(out, seen, "zygote, and its copy that waits for a job", Look::zygote);
        print(out, seen, "all processes of the agent", Look::processes);
    }

    private static void print(PrintStream out, List<Look> seen, String what, ToDoubleFunction<Look> memory) {
        out.println(String.format(
                Locale.ROOT,
                "%-46s %8.1f %8.1f %8.1f",
                what,
                memory.applyAsDouble(seen.get(0)),
                seen.stream().mapToDouble(memory).max().orElseThrow(),
                memory.applyAsDouble(seen.get(seen.size() - 1))));
    }
}
