package io.sandrun.benchmarks.pool;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.benchmarks.Relay;
import io.sandrun.benchmarks.faults.Server;
import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A real broker with real HTTP, and nodes that reach it each from an address of its own: some with sandboxes, some that
 * only talk. For one thread.
 */
final class RealPool implements AutoCloseable {
    /** The first address of a node, 127.0.0.11. */
    private static final int FIRST_ADDRESS = 11;

    private static final int ADDRESSES_MAX = 200;

    private final Path directory;
    private final Broker broker;
    private final BrokerClient client;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<Server> agents = new ArrayList<>();
    private final List<ScriptedVolunteer> volunteers = new ArrayList<>();
    private int nodes;

    private RealPool(Path directory) {
        this.directory = directory;
        this.broker = Broker.start(
                BrokerConfig.builder(directory.resolve("broker")).port(0).build());
        this.client = new BrokerClient(URI.create(broker.url()));
    }

    static RealPool open(Path directory) {
        return new RealPool(directory);
    }

    BrokerClient client() {
        return client;
    }

    /** Adds a node that runs nothing. */
    void add(Conduct conduct, int count) throws IOException {
        for (int number = 0; number < count; number++) {
            ScriptedVolunteer volunteer = ScriptedVolunteer.start(relay(), conduct.name(), conduct);
            opened.push(volunteer);
            volunteers.add(volunteer);
        }
    }

    /** Adds a node agent, a process of its own, which runs its jobs in sandboxes; what it answers is honest. */
    void addAgent() throws IOException {
        URI address = relay();
        // What its jobs do not need is not tried out: with five of them that took longer than all jobs.
        Server agent = Server.node(directory.resolve("node-" + nodes), address, 1, "--no-installs");
        opened.push(agent);
        agents.add(agent);
    }

    /** Waits until all of them offer what they have. */
    void awaitAgents() throws IOException {
        for (Server agent : agents) {
            if (!agent.saysEither("ready: ", "sandrun: ")) {
                throw new IOException("an agent does not start: " + agent.said());
            }
        }
    }

    private URI relay() throws IOException {
        if (nodes >= ADDRESSES_MAX) {
            throw new IllegalStateException("a pool of " + nodes + " nodes has no more addresses");
        }
        int last = FIRST_ADDRESS + nodes++;
        InetAddress source = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        Relay relay = Relay.faithful(URI.create(broker.url()).getPort(), source);
        opened.push(relay);
        return relay.url();
    }

    /** The nodes as the broker tells of them. */
    JsonNode nodes() throws IOException {
        return client.nodes().path("nodes");
    }

    /** Copies that nodes have answered so far. */
    long executions() throws IOException {
        long executions = 0;
        for (JsonNode node : nodes()) {
            executions += jobs(node);
        }
        return executions;
    }

    static long jobs(JsonNode node) {
        return node.path("jobs_completed").asLong() + node.path("jobs_failed").asLong();
    }

    @Override
    public void close() throws IOException {
        // All at once, so that their last claims are waited for together.
        volunteers.forEach(ScriptedVolunteer::end);
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (IOException | RuntimeException failed) {
                throw failed;
            } catch (Exception failed) {
                throw new IOException("a node did not end", failed);
            }
        }
        broker.close();
    }
}
