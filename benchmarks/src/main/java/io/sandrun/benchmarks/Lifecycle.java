package io.sandrun.benchmarks;

import io.sandrun.benchmarks.Load.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a broker can do with jobs that do nothing: submit, claim, report, result, over HTTP, durable as shipped. Broker and
 * load share the machine.
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

    private static final int CLAIM_ROUNDS = 5;
    private static final int CLAIMS_PER_ROUND = 4_000;
    private static final int CLAIM_CONNECTIONS = 4;
    private static final String ELSEWHERE = "{\"zone\":\"elsewhere\"}";
    private static final int FULL_BATCH = 1_000;

    private Lifecycle() {}

    /** Arguments: jobs of a phase, and pending jobs of the claim phase (0 leaves it out). */
    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_JOBS;
        int pending = args.length > 1 ? Integer.parseInt(args[1]) : 1_000_000;
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        try {
            DiskAnchor anchor = DiskAnchor.measure(directory);
            anchor.print();
            try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
                measure(broker, anchor, jobs);
            }
            if (pending > 0) {
                claims(directory, pending);
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

    /** The three cases in turn, so that a machine whose speed drifts slows all of them. */
    private static void claims(Path directory, int pending) throws Exception {
        try (BrokerProcess empty = BrokerProcess.start(directory.resolve("empty"));
                BrokerProcess full = BrokerProcess.start(directory.resolve("full"))) {
            Measured filled = new Load(full, ELSEWHERE).submits(2, FULL_BATCH, pending);
            System.out.printf(
                    "%,d jobs submitted in batches of %,d at %,.0f jobs/s%n", pending, FULL_BATCH, filled.perSecond());
            Load alone = new Load(empty, NO_LABELS);
            Load besideOthers = new Load(full, NO_LABELS);
            Load amongOthers = new Load(full, ELSEWHERE);
            Samples[] nanosPerClaim = {new Samples(CLAIM_ROUNDS), new Samples(CLAIM_ROUNDS), new Samples(CLAIM_ROUNDS)};
            List<Load> cases = List.of(alone, besideOthers, amongOthers);
            for (int round = -1; round < CLAIM_ROUNDS; round++) {
                for (int index = 0; index < cases.size(); index++) {
                    Load load = cases.get(index);
                    if (load != amongOthers) {
                        load.submits(1, FULL_BATCH, CLAIMS_PER_ROUND);
                    }
                    Measured measured = load.claims(CLAIM_CONNECTIONS, CLAIMS_PER_ROUND);
                    if (round >= 0) {
                        nanosPerClaim[index].add(measured.wallNanos() / CLAIMS_PER_ROUND);
                    }
                }
            }
            print(pending, nanosPerClaim);
        }
    }

    private static void print(int pending, Samples[] nanosPerClaim) {
        System.out.printf(
                "claims one by one, %d connections, median of %d rounds of %,d%n",
                CLAIM_CONNECTIONS, CLAIM_ROUNDS, CLAIMS_PER_ROUND);
        String[] words = {"no other jobs pending", "%,d pending that the node cannot serve", "%,d pending that it can"};
        double first = nanosPerClaim[0].percentileMs(50);
        for (int index = 0; index < words.length; index++) {
            double ms = nanosPerClaim[index].percentileMs(50);
            System.out.printf("%-58s %,9.0f claims/s %8.2f%n", words[index].formatted(pending), 1e3 / ms, first / ms);
        }
    }
}
