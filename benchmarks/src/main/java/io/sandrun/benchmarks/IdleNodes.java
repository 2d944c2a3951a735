package io.sandrun.benchmarks;

import io.sandrun.protocol.Limits;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Nodes with nothing to do: each has one claim parked on a connection of its own and sends heartbeats as often as the
 * broker asks. What that costs the broker.
 */
public final class IdleNodes {
    private static final int DEFAULT_NODES = 10_000;
    private static final int REGISTRARS = 8;

    /** Heartbeats share connections, so that the claims fit under the usual limit of open files. */
    private static final int HEARTBEAT_CONNECTIONS = 64;

    /** What the broker asks for by default: a third of NODE_TIMEOUT. */
    private static final double HEARTBEAT_SECONDS = 5;

    private static final double CLAIM_WAIT_SECONDS = Limits.CLAIM_WAIT_SECONDS_MAX;
    private static final long SETTLE_SECONDS = 60;
    private static final long MEASURE_SECONDS = 30;
    private static final long TICK_MS = 10;
    private static final double PER_NODES = 100;

    private final ParkedConnections connections;
    private final List<String> nodeIds;
    private final Deque<ParkedConnections.Connection> idleForHeartbeats = new ArrayDeque<>();
    private long heartbeats;
    private long claims;

    private IdleNodes(URI broker, List<String> nodeIds) throws IOException {
        this.connections = new ParkedConnections(broker);
        this.nodeIds = nodeIds;
    }

    /** Argument: how many nodes. */
    public static void main(String[] args) throws Exception {
        int nodes = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_NODES;
        Machine.print();
        Path directory = Files.createTempDirectory("sandrun-benchmark");
        try (BrokerProcess broker = BrokerProcess.start(directory.resolve("broker"))) {
            warmUp(broker);
            BrokerMemory before = BrokerMemory.of(broker);
            List<String> nodeIds = register(broker, nodes);
            new IdleNodes(broker.url(), nodeIds).measure(broker, before);
        } finally {
            Directories.delete(directory);
        }
        System.exit(0);
    }

    /** So that memory which any use of the broker takes is not counted for its nodes. */
    private static void warmUp(BrokerProcess broker) throws Exception {
        new Load(broker, "{}").lifecycles(new Load.Shape(2, 1, 4, 1, false), 2_000);
    }

    private static List<String> register(BrokerProcess broker, int nodes) throws Exception {
        List<String> ids = new CopyOnWriteArrayList<>();
        AtomicInteger left = new AtomicInteger(nodes);
        long start = System.nanoTime();
        try (Crew crew = Crew.start(REGISTRARS, () -> {
            try (HttpConnection connection = HttpConnection.open(broker.url())) {
                while (left.getAndDecrement() > 0) {
                    ids.add(SimulatedNode.register(connection, 1, "{}").id());
                }
            }
        })) {
            crew.await();
        }
        System.out.printf("%,d nodes registered in %.1f s%n", nodes, (System.nanoTime() - start) / 1e9);
        return ids;
    }

    private void measure(BrokerProcess broker, BrokerMemory before) throws Exception {
        try (connections) {
            for (String id : nodeIds) {
                park(connections.open((connection, status) -> parkAgain(connection, status, id)), id);
            }
            for (int index = 0; index < HEARTBEAT_CONNECTIONS; index++) {
                idleForHeartbeats.add(connections.open(this::heartbeatAnswered));
            }
            beat(SETTLE_SECONDS);
            long heartbeatsBefore = heartbeats;
            long claimsBefore = claims;
            long cpuBefore = broker.cpuNanos();
            double seconds = beat(MEASURE_SECONDS);
            double corePercent = (broker.cpuNanos() - cpuBefore) / 1e7 / seconds;
            print(seconds, corePercent, heartbeats - heartbeatsBefore, claims - claimsBefore);
            BrokerMemory.of(broker).printSince(before, "node", nodeIds.size());
        }
    }

    private void print(double seconds, double corePercent, long heartbeatsSeen, long claimsSeen) {
        int nodes = nodeIds.size();
        System.out.printf(
                "%,d idle nodes, %.0f s: %,.0f heartbeats/s, %,.0f claims/s parked anew (after %.0f s each)%n",
                nodes, seconds, heartbeatsSeen / seconds, claimsSeen / seconds, CLAIM_WAIT_SECONDS);
        System.out.printf(
                "broker: %.1f core-percent in all, %.2f for %.0f nodes%n",
                corePercent, corePercent / nodes * PER_NODES, PER_NODES);
    }

    private void park(ParkedConnections.Connection connection, String nodeId) throws IOException {
        connection.post("/claim", SimulatedNode.claim(nodeId, 1, CLAIM_WAIT_SECONDS));
    }

    private void parkAgain(ParkedConnections.Connection connection, int status, String nodeId) throws IOException {
        expectOk("claim", status);
        claims++;
        park(connection, nodeId);
    }

    private void heartbeatAnswered(ParkedConnections.Connection connection, int status) throws IOException {
        expectOk("heartbeat", status);
        heartbeats++;
        idleForHeartbeats.add(connection);
    }

    private static void expectOk(String what, int status) throws IOException {
        if (status != 200) {
            throw new IOException("a " + what + " was answered with " + status);
        }
    }

    /** Serves answers and sends every node's heartbeats, spread evenly; answers how long it took in seconds. */
    private double beat(long seconds) throws IOException {
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        long sent = 0;
        long now = start;
        while (now < end) {
            long due = (long) ((now - start) / 1e9 * nodeIds.size() / HEARTBEAT_SECONDS);
            while (sent < due && !idleForHeartbeats.isEmpty()) {
                String nodeId = nodeIds.get((int) (sent++ % nodeIds.size()));
                idleForHeartbeats.remove().post("/heartbeat", SimulatedNode.heartbeat(nodeId));
            }
            connections.serve(TICK_MS);
            now = System.nanoTime();
        }
        return (now - start) / 1e9;
    }
}
