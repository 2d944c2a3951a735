package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.NodeMessages.Registered;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerSessionTest {
    private ScriptedBroker broker;
    private BrokerSession session;

    @BeforeEach
    void start() throws Exception {
        broker = new ScriptedBroker();
        broker.answer("/register", 200, new Registered("node-1", 3600, null));
        session = new BrokerSession(
                new BrokerClient(broker.url()), "key", "test", capabilities("python3"), new HeldLeases());
    }

    @AfterEach
    void stop() throws Exception {
        broker.close();
    }

    private static Capabilities capabilities(String interpreter) {
        return Capabilities.of(List.of(interpreter), 1, 1024, 1);
    }

    @Test
    void another_offer_is_told_without_giving_up_what_is_on_its_way() throws Exception {
        session.current();
        assertThat(broker.await("/register").path("goes_on").asBoolean())
                .as("of the first time")
                .isFalse();
        session.offer(capabilities("node"));
        session.current();
        JsonNode again = broker.await("/register");
        assertThat(again.path("goes_on").asBoolean()).isTrue();
        assertThat(again.path("capabilities").path("interpreters").path(0).asText())
                .isEqualTo("node");
    }

    @Test
    void an_offer_before_the_first_registration_is_part_of_it() throws Exception {
        session.offer(capabilities("node"));
        session.current();
        JsonNode first = broker.await("/register");
        assertThat(first.path("goes_on").asBoolean()).isFalse();
        assertThat(first.path("capabilities").path("interpreters").path(0).asText())
                .isEqualTo("node");
    }
}
