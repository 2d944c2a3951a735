package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that someone takes out of service. */
class DrainTest {
    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    private ScriptedNode node;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one");
    }

    private Reply drain() {
        return broker.post("/nodes/" + node.id() + "/drain", Map.of());
    }

    private Reply undrain() {
        return broker.post("/nodes/" + node.id() + "/undrain", Map.of());
    }

    private String shown() {
        JsonNode nodes = broker.get("/nodes").body().path("nodes");
        assertThat(nodes).hasSize(1);
        return nodes.get(0).path("state").asText();
    }

    @Test
    void a_drained_node_keeps_its_leases_and_gets_no_more_work() {
        broker.submit("print(1)");
        Job held = node.claimOne();
        assertThat(drain().body().path("drained").asBoolean()).isTrue();
        assertThat(shown()).isEqualTo("draining");
        String waiting = broker.submit("print(2)");
        assertThat(node.claim(1, 0)).isEmpty();
        assertThat(node.heartbeat(true, held).body().path("lost")).isEmpty();
        assertThat(node.complete(held, "1").status()).isEqualTo(200);
        assertThat(broker.result(held.id()).path("output").asText()).isEqualTo("1");
        assertThat(shown()).isEqualTo("drained");
        assertThat(broker.get("/status/" + waiting).text("pending_reason")).startsWith("Every live node is drained");
    }

    @Test
    void a_claim_that_waits_gets_its_job_when_the_node_is_put_back() {
        CompletableFuture<List<Job>> claim = node.claimParked(1, 20);
        drain();
        String jobId = broker.submit("print(1)");
        assertThat(broker.state(jobId)).isEqualTo("pending");
        assertThat(undrain().body().path("drained").asBoolean()).isFalse();
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
        assertThat(shown()).isEqualTo("active");
    }

    @Test
    void another_node_takes_what_a_drained_one_may_not() {
        CompletableFuture<List<Job>> unserved = node.claimParked(1, 20);
        drain();
        ScriptedNode other = ScriptedNode.register(broker, "two");
        CompletableFuture<List<Job>> claim = other.claimParked(1, 20);
        String jobId = broker.submit("print(1)");
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
        assertThat(unserved).isNotDone();
    }

    @Test
    void a_node_stays_drained_when_it_or_the_broker_starts_anew() {
        drain();
        node = ScriptedNode.register(broker, "one");
        assertThat(shown()).isEqualTo("drained");
        broker.close();
        broker = BrokerUnderTest.start(directory);
        String idBefore = node.id();
        node = ScriptedNode.register(broker, "one");
        assertThat(node.id()).isEqualTo(idBefore);
        broker.submit("print(1)");
        assertThat(node.claim(1, 0)).isEmpty();
        undrain();
        assertThat(node.claim(1, 0)).hasSize(1);
    }

    @Test
    void draining_twice_is_as_good_as_once_and_an_unknown_node_is_not_found() {
        drain();
        assertThat(drain().status()).isEqualTo(200);
        assertThat(undrain().status()).isEqualTo(200);
        assertThat(undrain().status()).isEqualTo(200);
        Reply reply = broker.post("/nodes/nobody/drain", Map.of());
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text("code")).isEqualTo("unknown_node");
    }
}
