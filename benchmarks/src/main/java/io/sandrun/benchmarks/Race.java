package io.sandrun.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Loops of starts side by side, one kind of launcher at a time, window after window. One thread. */
final class Race implements AutoCloseable {
    private final PrintStream out;
    private final int loops;
    private final ExecutorService threads;
    private final List<List<Entrant>> byLoop = new ArrayList<>();

    /** What one loop starts, by its number from 0; the anchor first. */
    @FunctionalInterface
    interface Grid {
        List<Entrant> ofLoop(int loop) throws IOException;
    }

    private Race(PrintStream out, int loops) {
        this.out = out;
        this.loops = loops;
        this.threads = Executors.newFixedThreadPool(loops);
    }

    /** Races of one loop, of two and so on; prints what came of each. */
    static void upTo(int loops, PrintStream out, int windows, int windowMillis, Grid grid) throws Exception {
        out.printf("starts/s, %d windows of %d ms in turn: best window, median share of bare%n", windows, windowMillis);
        for (int atOnce = 1; atOnce <= loops; atOnce++) {
            try (Race race = new Race(out, atOnce)) {
                for (int loop = 0; loop < atOnce; loop++) {
                    race.byLoop.add(grid.ofLoop(loop));
                }
                race.run(windows, windowMillis);
            }
        }
    }

    private void run(int windows, int windowMillis) throws Exception {
        int kinds = byLoop.get(0).size();
        double[][] perSecond = new double[kinds][windows];
        for (int window = 0; window < windows; window++) {
            for (int kind = 0; kind < kinds; kind++) {
                perSecond[kind][window] = starts(kind, windowMillis) * 1000.0 / windowMillis;
            }
        }
        for (int kind = 0; kind < kinds; kind++) {
            double[] shares = new double[windows];
            for (int window = 0; window < windows; window++) {
                shares[window] = perSecond[kind][window] / perSecond[0][window];
            }
            Arrays.sort(shares);
            double best = Arrays.stream(perSecond[kind]).max().orElseThrow();
            String name = byLoop.get(0).get(kind).name();
            out.printf("  %d at a time, %-20s %8.0f %8.2f%n", loops, name, best, shares[windows / 2]);
        }
    }

    private long starts(int kind, int windowMillis) throws Exception {
        List<Callable<Long>> counts = new ArrayList<>();
        for (List<Entrant> loop : byLoop) {
            counts.add(() -> loop.get(kind).launcher().startsWithin(windowMillis));
        }
        long starts = 0;
        for (Future<Long> count : threads.invokeAll(counts)) {
            starts += count.get();
        }
        return starts;
    }

    @Override
    public void close() throws IOException {
        threads.shutdown();
        for (List<Entrant> loop : byLoop) {
            for (Entrant entrant : loop) {
                entrant.launcher().close();
            }
        }
    }
}
