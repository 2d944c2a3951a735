package io.sandrun.benchmarks;

import io.sandrun.benchmarks.Load.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Our broker beside queues of others at the same durability, each change on disk before its answer, on the same machine
 * in turn. The others come from Debian's packages; one that is not installed is left out and said so. They are bare
 * queues: what they lack beside ours (HTTP, results, needs, leases) is in their favour.
 */
public final class Peers {
    private static final int DEFAULT_JOBS = 10_000;
    private static final int WARM_UP_JOBS = 20_000;
    private static final int LATENCY_ROUNDS = 1_000;
    private static final int PRODUCERS = 8;
    private static final int WORKERS = 16;
    private static final int ROUNDS = 3;
    private static final String NO_LABELS = "{}";
    private static final Shape ONE_BY_ONE = new Shape(PRODUCERS, 1, WORKERS, 1, false);
    private static final Shape IN_BATCHES = new Shape(2, 100, 2, WORKERS / 2, true);

    private Peers() {}

    /** Argument: jobs of a phase. */
    public static void main(String[] args) throws Exception {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_JOBS;
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        List<Peer> peers = new ArrayList<>();
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            start(Beanstalkd.PROGRAM, "beanstalkd", directory, Beanstalkd::new).ifPresent(peers::add);
            start(RedisLists.PROGRAM, "redis-server", directory, RedisLists::new)
                    .ifPresent(peers::add);
            compare(new Load(broker, NO_LABELS), peers, jobs);
        } finally {
            for (Peer peer : peers) {
                peer.close();
            }
            Directories.delete(directory);
        }
        System.exit(0);
    }

    @FunctionalInterface
    private interface Starter {
        Peer start(Path program, Path directory) throws IOException;
    }

    private static Optional<Peer> start(String program, String debianPackage, Path directory, Starter starter)
            throws IOException {
        Optional<Path> found = PeerProcess.find(program);
        if (found.isEmpty()) {
            System.out.printf("left out: %s (Debian: apt-get install %s)%n", program, debianPackage);
            return Optional.empty();
        }
        return Optional.of(starter.start(found.get(), Files.createDirectory(directory.resolve(program))));
    }

    private static void compare(Load ours, List<Peer> peers, int jobs) throws Exception {
        ours.lifecycles(ONE_BY_ONE, WARM_UP_JOBS);
        ours.lifecycles(IN_BATCHES, WARM_UP_JOBS);
        List<PeerLoad> theirs =
                peers.stream().map(peer -> new PeerLoad(peer, ours.job())).toList();
        double[][] figures = new double[peers.size() + 1][];
        for (int round = 0; round < ROUNDS; round++) {
            figures[0] = best(figures[0], ours(ours, jobs));
            for (int index = 0; index < theirs.size(); index++) {
                figures[index + 1] = best(figures[index + 1], theirs(theirs.get(index), jobs));
            }
        }
        print(peers, figures, jobs);
    }

    /** Submits a second of 1 and of 8 producers, lifecycles a second one by one, and p50 and p99 in ms. */
    private static double[] ours(Load load, int jobs) throws Exception {
        double one = load.submits(1, 1, jobs / 4).perSecond();
        double eight = load.submits(PRODUCERS, 1, jobs).perSecond();
        load.drain();
        double lifecycles = load.lifecycles(ONE_BY_ONE, jobs).perSecond();
        Samples latencies = load.latencies(LATENCY_ROUNDS);
        return new double[] {one, eight, lifecycles, latencies.percentileMs(50), latencies.percentileMs(99)};
    }

    private static double[] theirs(PeerLoad load, int jobs) throws Exception {
        double one = load.perSecond(1, 0, jobs / 4);
        double eight = load.perSecond(PRODUCERS, 0, jobs);
        load.drain();
        double lifecycles = load.perSecond(PRODUCERS, WORKERS, jobs);
        Samples latencies = load.latencies(LATENCY_ROUNDS);
        return new double[] {one, eight, lifecycles, latencies.percentileMs(50), latencies.percentileMs(99)};
    }

    /** The better of two measurements, column by column: the machine's noise only ever makes things slower. */
    private static double[] best(double @Nullable [] before, double[] now) {
        if (before == null) {
            return now;
        }
        for (int column = 0; column < now.length; column++) {
            boolean isTime = column >= now.length - 2;
            now[column] = isTime ? Math.min(before[column], now[column]) : Math.max(before[column], now[column]);
        }
        return now;
    }

    private static void print(List<Peer> peers, double[][] figures, int jobs) {
        System.out.printf("%,d jobs a phase, the best of %d rounds, in turn%n", jobs, ROUNDS);
        System.out.printf(
                "%-36s %10s %10s %12s %8s %8s%n", "", "submit/s", "8 submit/s", "lifecycle/s", "p50 ms", "p99 ms");
        print("sandrun", figures[0], "%-36s %,10.0f %,10.0f %,12.0f %8.2f %8.2f%n");
        for (int index = 0; index < peers.size(); index++) {
            double[] other = figures[index + 1];
            print(peers.get(index).name(), other, "%-36s %,10.0f %,10.0f %,12.0f %8.2f %8.2f%n");
            double[] ratios = new double[other.length];
            for (int column = 0; column < ratios.length; column++) {
                ratios[column] = figures[0][column] / other[column];
            }
            print("  sandrun / it", ratios, "%-36s %10.2f %10.2f %12.2f %8.2f %8.2f%n");
        }
    }

    private static void print(String name, double[] row, String format) {
        System.out.printf(format, name, row[0], row[1], row[2], row[3], row[4]);
    }
}
