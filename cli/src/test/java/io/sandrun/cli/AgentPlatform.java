package io.sandrun.cli;

import io.sandrun.broker.Broker;
import io.sandrun.broker.BrokerConfig;
import io.sandrun.node.NodeAgent;
import io.sandrun.node.NodeConfig;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.KeyClient;
import io.sandrun.protocol.KeyClient.Wish;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A broker with keys and a node with two slots, for tests of what agents do with them. */
final class AgentPlatform implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Broker broker;
    private final NodeAgent node;
    private final String admin;

    private AgentPlatform(Broker broker, NodeAgent node, String admin) {
        this.broker = broker;
        this.node = node;
        this.admin = admin;
    }

    static AgentPlatform start(Path directory) throws Exception {
        Broker broker = Broker.start(
                BrokerConfig.builder(directory.resolve("broker")).port(0).build());
        String admin = key(new KeyClient(new BrokerClient(broker.address(), null)), Role.ADMIN, Map.of());
        NodeAgent node = NodeAgent.start(
                NodeConfig.of(broker.address().withApiKey(broker.localNodeKey()), directory.resolve("node"), 2)
                        .withInterpreters(Set.of("python3", "bash", "node"))
                        .withDrainTime(Duration.ZERO));
        if (!node.awaitRegistration(PATIENCE)) {
            throw new AssertionError("the node did not register");
        }
        return new AgentPlatform(broker, node, admin);
    }

    String url() {
        return broker.url();
    }

    /** Another key of a role. */
    String key(Role role) throws IOException {
        return key(role, Map.of());
    }

    /** Likewise, with limits of its own by their fields. */
    String key(Role role, Map<String, Object> quota) throws IOException {
        return key(new KeyClient(client(admin)), role, quota);
    }

    private static String key(KeyClient keys, Role role, Map<String, Object> quota) throws IOException {
        return keys.create(new Wish(role, "", null, null, quota)).path("key").asText();
    }

    void revoke(String key) throws IOException {
        new KeyClient(client(admin)).revoke(ApiKey.parse(key).orElseThrow().id());
    }

    BrokerClient client(String key) {
        BrokerAddress address = broker.address().withApiKey(ApiKey.parse(key).orElseThrow());
        return new BrokerClient(address, null);
    }

    @Override
    public void close() {
        node.close();
        broker.close();
    }
}
