package io.sandrun.benchmarks;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.node.environment.EnvironmentChoice;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A broker and a node in this process, as under {@code sandrun up}, at a loopback address. */
final class LocalPlatform implements AutoCloseable {
    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(60);

    private final Broker broker;
    private final NodeAgent node;

    private LocalPlatform(Broker broker, NodeAgent node) {
        this.broker = broker;
        this.node = node;
    }

    /** @param programs whose environments the node offers */
    static LocalPlatform start(Path scratch, int slots, List<PythonProgram> programs) throws Exception {
        Path directory = Files.createTempDirectory(scratch, "platform");
        Broker broker = Broker.start(
                BrokerConfig.builder(directory.resolve("broker")).port(0).build());
        try {
            return new LocalPlatform(
                    broker, node(URI.create(broker.url()), directory.resolve("node"), slots, programs));
        } catch (Exception failed) {
            broker.close();
            throw failed;
        }
    }

    /** A node of any broker; there may be one in a process at a time. */
    static NodeAgent node(URI broker, Path data, int slots, List<PythonProgram> programs) throws Exception {
        for (PythonProgram program : programs) {
            program.declare(data);
        }
        Set<String> names = programs.stream().map(PythonProgram::name).collect(Collectors.toSet());
        NodeAgent node = NodeAgent.start(NodeConfig.of(broker, data, slots)
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

    @Override
    public void close() {
        node.close();
        broker.close();
    }
}
