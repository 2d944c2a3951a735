package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static io.sandrun.broker.BrokerUnderTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a broker tells of its nodes' answers, and what an administrator can do about it. */
class StandingTest {
    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();

    @AutoClose
    private BrokerUnderTest broker;

    private List<ScriptedNode> honest;
    private ScriptedNode liar;

    @BeforeEach
    void start() {
        broker = open();
        liar = ScriptedNode.register(broker, "liar");
        honest = ScriptedNode.registerAll(broker, "a", "b", "c");
    }

    private BrokerUnderTest open() {
        return open(settings -> settings);
    }

    private BrokerUnderTest open(UnaryOperator<BrokerConfig.Builder> more) {
        return BrokerUnderTest.start(directory, settings -> more.apply(settings.verifySameAddress(true)), clock);
    }

    private JsonNode shown(ScriptedNode node) {
        return broker.node(node.id());
    }

    private String standing(ScriptedNode node) {
        return shown(node).path("standing").asText();
    }

    private String reason(ScriptedNode node) {
        return shown(node).path("standing_reason").asText();
    }

    /** A verified job of which the liar gets the first copy. */
    private String outvoted() {
        String jobId = broker.submit(Map.of("code", "print(1)", "verify", true));
        Job lie = liar.claimOne();
        for (ScriptedNode node : honest.subList(0, 2)) {
            node.complete(node.claimOne(), "1\n");
        }
        liar.complete(lie, "2\n");
        honest.get(2).complete(honest.get(2).claimOne(), "1\n");
        assertThat(broker.result(jobId).path("output").asText()).isEqualTo("1\n");
        return jobId;
    }

    private String barred() {
        outvoted();
        outvoted();
        return outvoted();
    }

    @Test
    void a_node_is_new_and_every_passed_check_is_counted() {
        assertThat(standing(honest.get(0))).isEqualTo("new");
        assertThat(reason(honest.get(0))).isEqualTo("0 of 20 checks passed");
        outvoted();
        assertThat(reason(honest.get(0))).isEqualTo("1 of 20 checks passed");
    }

    @Test
    void a_node_that_is_outvoted_is_doubted_and_then_barred_and_everybody_can_read_why() {
        String first = outvoted();
        assertThat(standing(liar)).isEqualTo("doubted");
        assertThat(reason(liar)).startsWith("an answer of it was outvoted, last in job " + first);
        outvoted();
        String last = outvoted();
        assertThat(standing(liar)).isEqualTo("barred");
        assertThat(reason(liar)).isEqualTo("3 of its answers were outvoted, last in job " + last);
        assertThat(shown(liar).path("state").asText()).isEqualTo("barred");
        assertThat(honest).allSatisfy(node -> assertThat(standing(node)).isEqualTo("new"));
    }

    @Test
    void a_barred_node_gets_no_work_of_any_kind_also_after_a_restart_and_a_new_registration() {
        barred();
        String ordinary = broker.submit("print(3)");
        assertThat(liar.claim(4, 0)).isEmpty();
        broker.close();
        broker = open();
        liar = ScriptedNode.register(broker, "liar");
        assertThat(standing(liar)).isEqualTo("barred");
        assertThat(liar.claim(4, 0)).isEmpty();
        ScriptedNode other = ScriptedNode.register(broker, "a");
        assertThat(other.claim(4, 0)).extracting(Job::id).contains(ordinary);
    }

    @Test
    void a_forgiven_node_is_new_and_its_waiting_claim_gets_work_at_once() {
        barred();
        CompletableFuture<List<Job>> claim = liar.claimParked(1, 20);
        String jobId = broker.submit("print(3)");
        Reply reply = broker.post("/nodes/" + liar.id() + "/forgive", Map.of());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text("standing")).isEqualTo("new");
        assertThat(answer(claim)).extracting(Job::id).containsExactly(jobId);
        assertThat(standing(liar)).isEqualTo("new");
        broker.close();
        broker = open();
        assertThat(standing(liar)).isEqualTo("new");
    }

    @Test
    void who_is_forgiven_and_lies_again_is_barred_again() {
        barred();
        broker.post("/nodes/" + liar.id() + "/forgive", Map.of());
        String last = barred();
        assertThat(standing(liar)).isEqualTo("barred");
        assertThat(reason(liar)).isEqualTo("6 of its answers were outvoted, last in job " + last);
    }

    /** Until the broker remembers none of its nodes, and was started anew. */
    private void goneFor(Duration time) {
        clock.advance(time);
        await(() -> broker.get("/nodes").body().path("nodes").isEmpty());
        broker.close();
        broker = open();
    }

    @Test
    void who_is_gone_is_forgotten_after_a_month_and_who_is_barred_after_a_year() {
        barred();
        goneFor(Duration.ofDays(29));
        assertThat(reason(ScriptedNode.register(broker, "a"))).isEqualTo("3 of 20 checks passed");
        goneFor(Duration.ofDays(8));
        assertThat(reason(ScriptedNode.register(broker, "a"))).isEqualTo("0 of 20 checks passed");
        assertThat(standing(ScriptedNode.register(broker, "liar"))).isEqualTo("barred");
        goneFor(Duration.ofDays(365));
        assertThat(standing(ScriptedNode.register(broker, "liar"))).isEqualTo("new");
    }

    @Test
    void a_trusted_pool_takes_no_notice_of_what_nodes_did_when_anybody_could_join() throws IOException {
        barred();
        broker.close();
        Path workers = Files.writeString(
                directory.resolve("workers.json"), Json.write(List.of(Map.of("worker_id", ScriptedNode.key("liar")))));
        broker = open(settings -> settings.allowUnsignedNodes(false).workers(workers));
        String jobId = broker.submit("print(3)");
        ScriptedNode listed = ScriptedNode.register(broker, "liar");
        assertThat(shown(listed).path("standing").isNull()).isTrue();
        assertThat(listed.claim(4, 0)).extracting(Job::id).containsExactly(jobId);
    }

    @Test
    void nobody_forgives_a_node_that_is_not_there() {
        Reply reply = broker.post("/nodes/node_of_nobody/forgive", Map.of());
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.text("code")).isEqualTo("unknown_node");
    }
}
