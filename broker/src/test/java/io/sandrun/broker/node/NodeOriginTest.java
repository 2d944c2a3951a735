package io.sandrun.broker.node;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.FreshId;
import io.sandrun.broker.JsonFields;
import io.sandrun.broker.node.Node.Origin;
import io.sandrun.broker.pool.Pool;
import io.sandrun.broker.store.Store;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a node is, and where it is, as the broker sees it. */
class NodeOriginTest {
    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir
    private Path directory;

    private Store open() {
        return Store.open(directory.resolve("test.db"), CLOCK);
    }

    private static NodeRegistry registry(Store store) {
        return new NodeRegistry(store, CLOCK, new FreshId(CLOCK), Duration.ofSeconds(15), Pool.open());
    }

    private static Node.Profile profile() {
        byte[] said = "{\"endpoint\": \"somewhere\"}".getBytes(StandardCharsets.UTF_8);
        return NodeRequests.registration(JsonFields.parse(said)).profile();
    }

    @Test
    void a_node_answers_for_itself_until_somebody_else_does() {
        try (Store store = open()) {
            NodeRegistry registry = registry(store);
            Node unsigned = answer(registry.register(null, profile(), new Origin(null, "10.0.0.1")));
            Node signed = answer(registry.register("key", profile(), new Origin(null, "10.0.0.1")));
            assertThat(unsigned.owner()).isEqualTo(unsigned.id());
            assertThat(signed.owner()).isEqualTo("key");
            Node again = answer(registry.register("key", profile(), new Origin("alice", "10.0.0.2")));
            assertThat(again).isSameAs(signed);
            assertThat(again.owner()).isEqualTo("alice");
            assertThat(again.address()).isEqualTo("10.0.0.2");
        }
    }

    @Test
    void owner_and_address_of_the_last_registration_outlive_the_broker() {
        String id;
        try (Store store = open()) {
            NodeRegistry registry = registry(store);
            answer(registry.register("key", profile(), new Origin(null, "10.0.0.1")));
            id = answer(registry.register("key", profile(), new Origin("alice", "10.0.0.2")))
                    .id();
        }
        try (Store store = open()) {
            Node known = registry(store).require(id);
            assertThat(known.owner()).isEqualTo("alice");
            assertThat(known.address()).isEqualTo("10.0.0.2");
        }
    }
}
