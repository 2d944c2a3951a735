package io.sandrun.cli;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.protocol.BrokerClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A broker and a node for one run, with a directory that goes with them. */
final class EphemeralPlatform implements AutoCloseable {
    /** A local broker answers at once or is not there. */
    private static final Duration REACH_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration REGISTRATION_PATIENCE = Duration.ofSeconds(30);

    private final Services services;
    private final BrokerClient client;

    private EphemeralPlatform(Services services, BrokerClient client) {
        this.services = services;
        this.client = client;
    }

    /** Whether a Sandrun broker, and not just anything, answers there. */
    static boolean isReachable(BrokerClient client) {
        try {
            return client.health(REACH_TIMEOUT).path("service").asText().equals("sandrun");
        } catch (IOException nobody) {
            return false;
        }
    }

    /**
     * @param interpreter the only one that the node looks for, which saves trying the others; empty for all
     * @param environments the only ones that it looks at, likewise
     * @param installs what the node may install
     */
    static EphemeralPlatform start(Optional<String> interpreter, EnvironmentChoice environments, InstallChoice installs)
            throws Exception {
        Path directory = Files.createTempDirectory("sandrun-run");
        Services services = new Services();
        services.add(() -> delete(directory));
        try {
            Broker broker = services.add(
                    Broker.start(BrokerConfig.builder(directory).port(0).build()));
            URI url = URI.create(broker.url());
            NodeAgent node = services.add(NodeAgent.start(NodeConfig.of(url, directory.resolve("node"), 1)
                    .withInterpreters(interpreter.map(Set::of).orElse(Set.of()))
                    .withEnvironments(environments)
                    .withInstalls(installs)
                    .withDrainTime(Duration.ZERO)));
            if (!node.awaitRegistration(REGISTRATION_PATIENCE)) {
                throw new IOException("the node of this run did not reach its own broker");
            }
            return new EphemeralPlatform(services, new BrokerClient(url));
        } catch (Exception failed) {
            services.close();
            throw failed;
        }
    }

    BrokerClient client() {
        return client;
    }

    @Override
    public void close() {
        services.close();
    }

    /** Only files that our own servers made lie there. */
    private static void delete(Path directory) throws IOException {
        try (Stream<Path> inside = Files.walk(directory)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
