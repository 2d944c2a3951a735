package io.sandrun.benchmarks;

import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.log.LogPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * From a line's print in a job to the client that watches the job's log, through node and broker. A line is the time at
 * which it was printed; all clocks are this machine's. The broker is a process of its own, the node and the watchers
 * share another.
 */
public final class LogLatency {
    private static final int SLOTS = 50;
    private static final int CROWD = 200;
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(60);
    private static final long PATIENCE_SECONDS = 120;
    private static final double[] PERCENTILES = {50, 95, 99};

    /** Waits, so that all who watch are there before the first line and none starts while lines are timed. */
    private static final String PROGRAM = """
            import random, time
            time.sleep(%d)
            for line in range(%d):
                time.sleep(random.uniform(0.5, 1.5) * %s)
                print(time.time_ns(), flush=True)
            """;

    private final BrokerClient client;

    private LogLatency(BrokerClient client) {
        this.client = client;
    }

    public static void main(String[] args) throws Exception {
        Machine.print();
        try (ScratchDirectory scratch = ScratchDirectory.make();
                BrokerProcess broker = BrokerProcess.start(scratch.path().resolve("broker"));
                NodeAgent node = NodeAgent.start(
                        NodeConfig.of(broker.url(), scratch.path().resolve("node"), SLOTS)
                                .withInterpreters(Set.of("python3")))) {
            if (!node.awaitRegistration(REGISTRATION_PATIENCE)) {
                throw new IOException("the node did not register");
            }
            new LogLatency(new BrokerClient(broker.url())).measure();
        }
        System.exit(0);
    }

    private void measure() throws Exception {
        run(1, 1, 200, 0.01);
        System.out.printf("%-10s %-18s %8s", "jobs", "watchers of each", "lines");
        for (double percent : PERCENTILES) {
            System.out.printf(" %9s", "p%.0f ms".formatted(percent));
        }
        System.out.println();
        print(1, 1, run(1, 1, 300, 0.05));
        print(1, CROWD, run(1, CROWD, 150, 0.1));
        print(SLOTS, 1, run(SLOTS, 1, 60, 0.2));
    }

    private static void print(int jobs, int watchers, List<Long> nanos) {
        Samples samples = new Samples(nanos.size());
        nanos.forEach(samples::add);
        StringBuilder row = new StringBuilder("%-10d %-18d %8d".formatted(jobs, watchers, nanos.size()));
        for (double percent : PERCENTILES) {
            row.append(" %9.2f".formatted(samples.percentileMs(percent)));
        }
        System.out.println(row);
    }

    /** How long each line took to each of those who watched. */
    private List<Long> run(int jobs, int watchers, int lines, double pauseSeconds) throws Exception {
        String program = PROGRAM.formatted(jobs * watchers > 1 ? 4 : 0, lines, pauseSeconds);
        var threads = Executors.newCachedThreadPool();
        try {
            List<CompletableFuture<List<Long>>> watching = new ArrayList<>();
            for (int job = 0; job < jobs; job++) {
                String jobId = submit(program);
                for (int watcher = 0; watcher < watchers; watcher++) {
                    watching.add(CompletableFuture.supplyAsync(() -> watch(jobId, lines), threads));
                }
            }
            List<Long> all = new ArrayList<>();
            for (CompletableFuture<List<Long>> each : watching) {
                all.addAll(each.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            return all;
        } finally {
            threads.shutdownNow();
        }
    }

    private String submit(String program) throws IOException {
        return client.submit(Json.MAPPER
                        .createObjectNode()
                        .put("code", program)
                        .put("interpreter", "python3")
                        .put("memory_mb", 64))
                .path("job_id")
                .asText();
    }

    private List<Long> watch(String jobId, int lines) {
        List<Long> nanos = new ArrayList<>(lines);
        try {
            client.followLog(jobId, null, 0, part -> note(part, nanos));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        if (nanos.size() != lines) {
            throw new IllegalStateException("a watcher got %d of %d lines".formatted(nanos.size(), lines));
        }
        return nanos;
    }

    private static void note(LogPart part, List<Long> nanos) {
        Instant now = Instant.now();
        long nowNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        // Python writes a line and its end apart from each other when it does not buffer.
        part.text().lines().filter(line -> !line.isBlank()).forEach(line -> nanos.add(nowNanos - Long.parseLong(line)));
    }
}
