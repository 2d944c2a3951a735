package io.sandrun.benchmarks;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A broker and nodes in this process, as under {@code sandrun up}, at a loopback address. */
final class LocalPlatform implements AutoCloseable {
    /** The label by which jobs find their node. */
    static final String LABEL = "way";

    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final Broker broker;
    private final Deque<NodeAgent> nodes = new ArrayDeque<>();

    private LocalPlatform(Path directory, Broker broker) {
        this.directory = directory;
        this.broker = broker;
    }

    static LocalPlatform start(Path scratch) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "platform");
        BrokerConfig config =
                BrokerConfig.builder(directory.resolve("broker")).port(0).build();
        return new LocalPlatform(directory, Broker.start(config));
    }

    /** One that offers the programs' environments and carries the label. */
    void addNode(String label, int slots, List<PythonProgram> programs) throws Exception {
        nodes.push(node(url(), directory.resolve("node-" + label), label, slots, programs));
    }

    /** Likewise of any broker, for whoever closes it. */
    static NodeAgent node(URI broker, Path data, String label, int slots, List<PythonProgram> programs)
            throws Exception {
        for (PythonProgram program : programs) {
            program.declare(data);
        }
        Set<String> names = programs.stream().map(PythonProgram::name).collect(Collectors.toSet());
        NodeAgent node = NodeAgent.start(NodeConfig.of(broker, data, slots)
                .withLabels(Map.of(LABEL, label))
                .withInterpreters(Set.of("python3"))
                .withEnvironments(EnvironmentChoice.only(names)));
        if (!node.awaitRegistration(REGISTRATION_PATIENCE)) {
            node.close();
            throw new IOException("the node did not register");
        }
        return node;
    }

    URI url() {
        return URI.create(broker.url());
    }

    BrokerClient client() {
        return new BrokerClient(url());
    }

    @Override
    public void close() {
        nodes.forEach(NodeAgent::close);
        broker.close();
    }
}
