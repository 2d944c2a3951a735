package io.sandrun.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether a claim costs more when many jobs are pending, of needs that its node meets or does not meet. */
public final class Claims {
    private static final int DEFAULT_PENDING = 1_000_000;
    private static final int ROUNDS = 5;
    private static final int CLAIMS_PER_ROUND = 1_000;
    private static final int CONNECTIONS = 4;
    private static final int BATCH = 1_000;
    private static final String NO_LABELS = "{}";
    private static final String ELSEWHERE = "{\"zone\":\"elsewhere\"}";

    private Claims() {}

    /** Argument: how many jobs are pending. */
    public static void main(String[] args) throws Exception {
        int pending = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_PENDING;
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        try {
            claims(directory, pending);
        } finally {
            Directories.delete(directory);
        }
        System.exit(0);
    }

    /** The three cases in turn, so that a machine whose speed drifts slows all of them. */
    private static void claims(Path directory, int pending) throws Exception {
        try (BrokerProcess empty = BrokerProcess.start(directory.resolve("empty"));
                BrokerProcess full = BrokerProcess.start(directory.resolve("full"))) {
            Measured filled = new Load(full, ELSEWHERE).submits(2, BATCH, pending);
            System.out.printf(
                    "%,d jobs submitted in batches of %,d at %,.0f jobs/s%n", pending, BATCH, filled.perSecond());
            Load alone = new Load(empty, NO_LABELS);
            Load besideOthers = new Load(full, NO_LABELS);
            Load amongOthers = new Load(full, ELSEWHERE);
            Samples[] nanosPerClaim = {new Samples(ROUNDS), new Samples(ROUNDS), new Samples(ROUNDS)};
            List<Load> cases = List.of(alone, besideOthers, amongOthers);
            for (int round = -1; round < ROUNDS; round++) {
                for (int index = 0; index < cases.size(); index++) {
                    Load load = cases.get(index);
                    if (load != amongOthers) {
                        load.submits(1, BATCH, CLAIMS_PER_ROUND);
                    }
                    Measured measured = load.claims(CONNECTIONS, CLAIMS_PER_ROUND);
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
                CONNECTIONS, ROUNDS, CLAIMS_PER_ROUND);
        String[] words = {"no other jobs pending", "%,d pending that the node cannot serve", "%,d pending that it can"};
        double first = nanosPerClaim[0].percentileMs(50);
        for (int index = 0; index < words.length; index++) {
            double ms = nanosPerClaim[index].percentileMs(50);
            System.out.printf("%-58s %,9.0f claims/s %8.2f%n", words[index].formatted(pending), 1e3 / ms, first / ms);
        }
    }
}
