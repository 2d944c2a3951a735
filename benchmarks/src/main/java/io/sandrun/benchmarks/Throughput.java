package io.sandrun.benchmarks;

import io.sandrun.protocol.Start;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many jobs a second go from submit to result through broker and node, each in a fresh sandbox, with as many slots
 * as {@code xargs -P} has bare processes of the same program beside it. Windows of both in turn, so that a machine
 * whose speed drifts slows both.
 */
public final class Throughput {
    private static final int[] AT_ONCE = {1, 2, 4, 8};
    private static final int WINDOWS = 3;

    /** Starts of a slot until it forks. */
    private static final int WARM_UPS_OF_SLOT = 12;

    private final PrintStream out;
    private final PythonProgram program;
    private final int bareStarts;
    private final int jobs;
    private final Map<Start, Integer> starts = new EnumMap<>(Start.class);

    private Throughput(PrintStream out, PythonProgram program, int bareStarts, int jobs) {
        this.out = out;
        this.program = program;
        this.bareStarts = bareStarts;
        this.jobs = jobs;
    }

    public static void main(String[] args) throws Exception {
        int[] atOnce = args.length == 0
                ? AT_ONCE
                : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        Machine.print();
        System.out.println("jobs/s, median of %d windows; x is the median of windows side by side".formatted(WINDOWS));
        run(System.out, PythonProgram.HELLO, 320, 600, Settling.WHOLE, atOnce);
        run(System.out, PythonProgram.PANDAS, 16, 200, Settling.SHORT, atOnce);
        System.exit(0);
    }

    /**
     * @param bareStarts of a window
     * @param jobs likewise
     * @param settling goes before the windows of each platform
     */
    static void run(PrintStream out, PythonProgram program, int bareStarts, int jobs, Settling settling, int... atOnce)
            throws Exception {
        if (!program.isRunnable()) {
            out.printf("%n%s: %s does not run it here: skipped%n", program.name(), PythonProgram.PYTHON);
            return;
        }
        out.printf(
                "%n%-10s %8s %12s %12s %8s %12s   %s%n",
                program.name(), "at once", "xargs -P", "sandrun", "x", "own us/job", "started");
        for (int slots : atOnce) {
            new Throughput(out, program, bareStarts, jobs).measure(slots, settling);
        }
    }

    private void measure(int slots, Settling settling) throws Exception {
        double[] bare = new double[WINDOWS];
        double[] ours = new double[WINDOWS];
        double[] ratios = new double[WINDOWS];
        long ownNanos = 0; // of broker, node and load
        try (ScratchDirectory scratch = ScratchDirectory.make();
                LocalPlatform platform = LocalPlatform.start(scratch.path(), slots, List.of(program))) {
            JobStream stream = new JobStream(platform.url(), program);
            submitAndRead(stream, slots * WARM_UPS_OF_SLOT);
            settling.settle(out, count -> submitAndRead(stream, count));
            starts.clear();
            for (int window = 0; window < WINDOWS; window++) {
                System.err.printf("  %s, %d at once: window %d of %d%n", program.name(), slots, window + 1, WINDOWS);
                bare[window] = BareProcesses.perSecond(program, slots, bareStarts);
                long before = Measured.ownNanos();
                ours[window] = submitAndRead(stream, jobs);
                ownNanos += Measured.ownNanos() - before;
                ratios[window] = ours[window] / bare[window];
            }
        }
        out.printf(
                "%-10s %8d %12.1f %12.1f %8.2f %12d   %s%n",
                "",
                slots,
                median(bare),
                median(ours),
                median(ratios),
                TimeUnit.NANOSECONDS.toMicros(ownNanos) / WINDOWS / jobs,
                starts.toString().toLowerCase(Locale.ROOT));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** Jobs a second, from the first submit until the last result was read. */
    private double submitAndRead(JobStream stream, int count) throws IOException {
        long begin = System.nanoTime();
        stream.run(
                count, result -> starts.merge(Start.ofWire(result.path("start").asText()), 1, Integer::sum));
        return count * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
    }
}
