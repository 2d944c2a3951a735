package io.sandrun.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A broker with many jobs is killed without warning: how soon does the next one on the same data serve? */
public final class Restart {
    private static final int DEFAULT_PENDING = 1_000_000;
    private static final int ENDED = 20_000;
    private static final int ROUNDS = 5;
    private static final int BATCH = 1_000;
    private static final long MIB = 1024 * 1024;
    private static final String NO_LABELS = "{}";

    private Restart() {}

    /** Argument: how many jobs. */
    public static void main(String[] args) throws Exception {
        int pending = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_PENDING;
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        try {
            fill(directory, pending);
            System.out.printf(
                    "%,d jobs pending, %,d ended; database %,d MiB, log %,d MiB%n",
                    pending, ENDED, mib(directory, "sandrun.db"), mib(directory, "sandrun.db-wal"));
            Samples health = new Samples(ROUNDS);
            Samples claim = new Samples(ROUNDS);
            for (int round = 0; round < ROUNDS; round++) {
                restart(directory, health, claim);
            }
            print("process start to first health answer", health);
            print("process start to first claimed job", claim);
        } finally {
            Directories.delete(directory);
        }
        System.exit(0);
    }

    private static void fill(Path directory, int pending) throws Exception {
        try (BrokerProcess broker = BrokerProcess.start(directory)) {
            Load load = new Load(broker, NO_LABELS);
            load.lifecycles(new Load.Shape(2, BATCH, 2, 64, true), ENDED);
            load.submits(2, BATCH, pending);
            broker.kill();
        }
    }

    /** One start, in which one job is claimed; ended with a kill, so that each start finds a log to recover. */
    private static void restart(Path directory, Samples health, Samples claim) throws Exception {
        long start = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.launch(directory)) {
            try (HttpConnection connection = HttpConnection.open(broker.url())) {
                connection.get("/health").orThrow();
                health.add(System.nanoTime() - start);
                SimulatedNode node = SimulatedNode.register(connection, 1, NO_LABELS);
                if (node.claim(connection, 1, 10).isEmpty()) {
                    throw new IOException("nothing to claim");
                }
                claim.add(System.nanoTime() - start);
            }
            broker.kill();
        }
    }

    private static void print(String what, Samples samples) {
        System.out.printf(
                "%-40s median %.2f s, worst of %d %.2f s%n",
                what, samples.percentileMs(50) / 1e3, ROUNDS, samples.percentileMs(100) / 1e3);
    }

    private static long mib(Path directory, String file) throws IOException {
        Path path = directory.resolve(file);
        return Files.exists(path) ? Files.size(path) / MIB : 0;
    }
}
