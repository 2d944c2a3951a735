package io.sandrun.benchmarks;

import io.sandrun.benchmarks.SimulatedNode.Held;
import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * As many clients as a broker lets wait for results, each on a connection of its own, and some more, who are refused.
 * Then all the jobs end in one report, and everybody is answered. That the ones beyond were refused is how it is known
 * from outside that the others are parked.
 */
public final class WaitingClients {
    private static final int DEFAULT_REQUESTS = Limits.WAITERS + 100;
    private static final int JOBS = 100;
    private static final String NO_LABELS = "{}";
    private static final long PATIENCE_SECONDS = 120;
    private static final long TICK_MS = 10;

    private final ParkedConnections connections;
    private final List<ParkedConnections.Connection> refused = new ArrayList<>();
    private int answered;

    private WaitingClients(URI broker) throws IOException {
        this.connections = new ParkedConnections(broker);
    }

    /** Argument: how many clients ask, more than {@link Limits#WAITERS}. */
    public static void main(String[] args) throws Exception {
        int requests = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_REQUESTS;
        if (requests <= Limits.WAITERS) {
            throw new IllegalArgumentException("more than " + Limits.WAITERS + " must ask, so that some are refused");
        }
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            Load load = new Load(broker, NO_LABELS);
            // So that memory which any use of the broker takes is not counted for its clients.
            load.lifecycles(new Load.Shape(2, 1, 4, 1, false), 2_000);
            try (HttpConnection connection = HttpConnection.open(broker.url())) {
                List<String> jobIds = load.submit(connection, JOBS);
                new WaitingClients(broker.url()).measure(broker, connection, jobIds, requests);
            }
        } finally {
            Directories.delete(directory);
        }
        System.exit(0);
    }

    private void measure(BrokerProcess broker, HttpConnection connection, List<String> jobIds, int requests)
            throws Exception {
        BrokerMemory before = BrokerMemory.of(broker);
        try (connections) {
            double parkSeconds = park(jobIds, requests);
            BrokerMemory parked = BrokerMemory.of(broker);
            double answerSeconds = end(connection);
            askAgain(jobIds.get(0));
            System.out.printf(
                    "%,d clients wait for %d jobs: connected and parked in %.2f s; %,d more answered with 429"
                            + " and Retry-After%n",
                    Limits.WAITERS, jobIds.size(), parkSeconds, requests - Limits.WAITERS);
            System.out.printf(
                    "the report of all the jobs to the last of %,d answers: %.2f s%n", Limits.WAITERS, answerSeconds);
            parked.printSince(before, "client that waits", Limits.WAITERS);
        }
    }

    /** Answers the seconds until every client is either parked or refused. */
    private double park(List<String> jobIds, int requests) throws IOException {
        long start = System.nanoTime();
        for (int index = 0; index < requests; index++) {
            ask(connections.open(this::isAnswered), jobIds.get(index % jobIds.size()));
        }
        serveUntil(() -> refused.size() == requests - Limits.WAITERS);
        if (answered > 0) {
            throw new IOException(answered + " clients have a result of a job that has not ended");
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Answers the seconds from the report to the last client's result. */
    private double end(HttpConnection connection) throws IOException {
        SimulatedNode node = SimulatedNode.register(connection, JOBS, NO_LABELS);
        List<Held> held = node.claim(connection, JOBS, 0);
        long start = System.nanoTime();
        node.reportBatch(connection, held);
        serveUntil(() -> answered == Limits.WAITERS);
        return (System.nanoTime() - start) / 1e9;
    }

    /** Those who were refused come back, as they were told to. */
    private void askAgain(String jobId) throws IOException {
        List<ParkedConnections.Connection> again = List.copyOf(refused);
        for (ParkedConnections.Connection connection : again) {
            ask(connection, jobId);
        }
        serveUntil(() -> answered == Limits.WAITERS + again.size());
    }

    private static void ask(ParkedConnections.Connection connection, String jobId) throws IOException {
        connection.get("/results/" + jobId + "?wait=" + Limits.WAIT_SECONDS_MAX);
    }

    private void isAnswered(ParkedConnections.Connection connection, int status) throws IOException {
        if (status == 200) {
            answered++;
        } else if (status == 429 && connection.hasHeader("Retry-After")) {
            refused.add(connection);
        } else {
            throw new IOException("a client that waits was answered with " + status);
        }
    }

    private void serveUntil(BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IOException("after %d s only %d results and %d refusals"
                        .formatted(PATIENCE_SECONDS, answered, refused.size()));
            }
            connections.serve(TICK_MS);
        }
    }
}
