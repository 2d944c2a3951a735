package io.sandrun.benchmarks;

import io.sandrun.benchmarks.Load.Shape;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a broker can do with jobs that do nothing: submit, claim, report, result, over HTTP, durable as shipped. Broker
 * and load share the machine.
 */
public final class Lifecycle {
    private static final int DEFAULT_JOBS = 20_000;
    private static final int WARM_UP_JOBS = 10_000;
    private static final int LATENCY_ROUNDS = 1_000;
    private static final int BATCH = 100;
    private static final int CONCURRENCY = 16;
    private static final int PRODUCERS = 8;
    private static final double[] PERCENTILES = {50, 95, 99};
    private static final String NO_LABELS = "{}";

    private Lifecycle() {}

    /** Argument: jobs of a phase. */
    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_JOBS;
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        try {
            DiskAnchor anchor = DiskAnchor.measure(directory);
            anchor.print();
            try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
                measure(broker, anchor, jobs);
            }
        } finally {
            Directories.delete(directory);
        }
        System.exit(0);
    }

    private static void measure(BrokerProcess broker, DiskAnchor anchor, int jobs) throws Exception {
        Load load = new Load(broker, NO_LABELS);
        Shape oneByOne = new Shape(PRODUCERS, 1, CONCURRENCY, 1, false);
        load.lifecycles(oneByOne, WARM_UP_JOBS);
        load.lifecycles(new Shape(1, BATCH, 1, CONCURRENCY, true), WARM_UP_JOBS);

        double single = anchor.singleRowsPerSecond();
        System.out.printf("%,d jobs a phase%n", jobs);
        Measured.printHeader();
        submits(load, 1, 1, jobs / 4).print("submit, 1 producer", single);
        submits(load, PRODUCERS, 1, jobs).print("submit, 8 producers", single);
        submits(load, 1, BATCH, jobs).print("submit in batches of 100, 1 producer", single);
        load.lifecycles(oneByOne, jobs).print("lifecycle: submit 1 (8 producers), 16 x claim 1, report 1", single);
        load.lifecycles(new Shape(2, BATCH, CONCURRENCY, 1, false), jobs)
                .print("lifecycle: submit 100, 16 x claim 1, report 1", single);
        load.lifecycles(new Shape(PRODUCERS, 1, 2, CONCURRENCY / 2, true), jobs)
                .print("lifecycle: submit 1 (8 producers), 2 x claim 8, report 8", single);
        load.lifecycles(new Shape(2, BATCH, 2, CONCURRENCY / 2, true), jobs)
                .print("lifecycle: submit 100, 2 x claim 8, report 8", single);
        latency(load);
    }

    private static Measured submits(Load load, int producers, int jobsPerSubmit, int jobs) throws Exception {
        Measured measured = load.submits(producers, jobsPerSubmit, jobs);
        load.drain();
        return measured;
    }

    private static void latency(Load load) throws Exception {
        load.latencies(LATENCY_ROUNDS);
        Samples samples = load.latencies(LATENCY_ROUNDS);
        System.out.printf("one job at a time, submit to result, %,d rounds, ms:", LATENCY_ROUNDS);
        for (double percent : PERCENTILES) {
            System.out.printf("  p%.0f %.2f", percent, samples.percentileMs(percent));
        }
        System.out.println();
    }
}
