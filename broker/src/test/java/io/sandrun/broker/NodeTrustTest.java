package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import io.sandrun.broker.trust.NodeSessions;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.CanonicalJson;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.RequestSignature;
import io.sandrun.protocol.identity.WorkerKey;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may speak for a node: over real HTTP, by a clock that the test moves. */
class NodeTrustTest {
    @TempDir
    private Path directory;

    private final SettableClock clock = new SettableClock();
    private final NodeKey key = NodeKey.generate();

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory, settings -> settings.allowUnsignedNodes(false), clock);
        clock.advance(Duration.ofSeconds(1));
    }

    private String registration(NodeKey node) {
        return Json.write(Map.of("worker_id", node.workerId(), "name", "one"));
    }

    private RequestSignature sign(NodeKey signer, String path, String body, long timeMs) {
        return RequestSignature.sign(signer, "POST", path, body.getBytes(StandardCharsets.UTF_8), timeMs);
    }

    private Reply send(String path, String body, RequestSignature signature) {
        return answer(broker.postLater(path, body, signature.header()));
    }

    private static void refused(Reply reply, String code) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
        assertThat(reply.text("code")).as(reply.toString()).isEqualTo(code);
        assertThat(reply.text("error")).endsWith(".");
        assertThat(reply.raw().headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("Sandrun-Signature")
                .contains("Sandrun-Session");
    }

    private int nodes() {
        return broker.get("/nodes").body().path("nodes").size();
    }

    @Test
    void a_registration_is_taken_with_the_signature_of_the_key_that_it_names() {
        String body = registration(key);
        Reply reply = send("/register", body, sign(key, "/register", body, clock.millis()));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().path("session").path("token").asText()).hasSizeGreaterThan(40);
        assertThat(reply.body().path("session").path("seconds").asDouble()).isPositive();
        assertThat(nodes()).isEqualTo(1);
    }

    @Test
    void a_registration_without_a_signature_or_with_another_keys_is_refused() {
        String body = registration(key);
        refused(broker.post("/register", body), "signature_required");
        refused(send("/register", body, sign(NodeKey.generate(), "/register", body, clock.millis())), "wrong_node");
        RequestSignature stolen = sign(NodeKey.generate(), "/register", body, clock.millis());
        refused(
                send(
                        "/register",
                        body,
                        new RequestSignature(key.workerId(), stolen.timeMs(), stolen.nonce(), stolen.signature())),
                "signature_invalid");
        refused(answer(broker.postLater("/register", body, "Sandrun-Signature nonsense")), "signature_invalid");
        assertThat(nodes()).isZero();
    }

    @Test
    void a_change_of_body_path_or_verb_makes_a_signature_worthless() {
        String body = registration(key);
        refused(
                send("/register", body.replace("one", "two"), sign(key, "/register", body, clock.millis())),
                "signature_invalid");
        refused(send("/register?x=y", body, sign(key, "/register", body, clock.millis())), "signature_invalid");
        refused(send("/register", body, sign(key, "/claim", body, clock.millis())), "signature_invalid");
        RequestSignature ofGet =
                RequestSignature.sign(key, "GET", "/register", body.getBytes(StandardCharsets.UTF_8), clock.millis());
        refused(send("/register", body, ofGet), "signature_invalid");
        assertThat(nodes()).isZero();
    }

    @Test
    void a_clock_that_is_too_far_off_is_told_how_far() {
        String body = registration(key);
        Reply late = send("/register", body, sign(key, "/register", body, clock.millis() - 301_000));
        refused(late, "clock_off");
        assertThat(late.text("error")).contains("301.0 seconds ago").contains("300");
        assertThat(late.body().path("details").path("off_seconds").asDouble()).isEqualTo(-301);
        assertThat(late.body().path("details").path("broker_time_ms").asLong()).isEqualTo(clock.millis());
        Reply early = send("/register", body, sign(key, "/register", body, clock.millis() + 2_000));
        refused(early, "clock_off");
        assertThat(early.text("error")).contains("2.0 seconds ahead");
        clock.advance(Duration.ofMinutes(10));
        assertThat(send("/register", body, sign(key, "/register", body, clock.millis() - 299_000))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void a_recorded_request_is_refused_however_long_later_and_by_a_broker_started_anew() {
        String body = registration(key);
        RequestSignature recorded = sign(key, "/register", body, clock.millis() + RequestSignature.AHEAD_MS_MAX);
        assertThat(send("/register", body, recorded).status()).isEqualTo(200);
        refused(send("/register", body, recorded), "request_replayed");
        broker.close();
        clock.advance(Duration.ofMillis(1));
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        refused(send("/register", body, recorded), "clock_off");
        clock.advance(Duration.ofMinutes(2));
        refused(send("/register", body, recorded), "clock_off");
        clock.advance(Duration.ofMinutes(10));
        refused(send("/register", body, recorded), "clock_off");
    }

    @Test
    void nobody_speaks_for_another_node() {
        ScriptedNode victim = ScriptedNode.register(broker, "victim");
        ScriptedNode thief = ScriptedNode.register(broker, "thief");
        String jobId = broker.submit("x");
        Job held = victim.claimOne();
        Map<String, Object> report =
                Map.of("node_id", victim.id(), "job_id", jobId, "output", "", "error", "", "exit_code", 0);
        for (Map.Entry<String, Map<String, Object>> call : List.of(
                Map.entry("/heartbeat", Map.<String, Object>of("node_id", victim.id(), "leases", List.of())),
                Map.entry("/claim", Map.<String, Object>of("node_id", victim.id())),
                Map.entry("/complete", report),
                Map.entry(
                        "/complete/batch", Map.<String, Object>of("node_id", victim.id(), "reports", List.of(report))),
                Map.entry("/release", Map.<String, Object>of("node_id", victim.id(), "leaving", true)))) {
            refused(thief.post(call.getKey(), call.getValue()), "wrong_node");
            refused(broker.post(call.getKey(), call.getValue()), "signature_required");
            refused(
                    answer(ScriptedNode.signed(broker, ScriptedNode.keyOf("thief"), call.getKey(), call.getValue())),
                    "wrong_node");
            refused(
                    answer(broker.postLater(call.getKey(), call.getValue(), "Sandrun-Session made-up")),
                    "session_expired");
        }
        refused(
                answer(ScriptedNode.signed(
                        broker, ScriptedNode.keyOf("thief"), "/session", Map.of("node_id", victim.id()))),
                "wrong_node");
        refused(thief.post("/session", Map.of("node_id", thief.id())), "signature_required");
        assertThat(victim.complete(held, "mine").status()).isEqualTo(200);
    }

    @Test
    void what_a_node_is_refused_is_counted() throws IOException {
        ScriptedNode victim = ScriptedNode.register(broker, "victim");
        ScriptedNode thief = ScriptedNode.register(broker, "thief");
        refused(thief.post("/session", Map.of("node_id", thief.id())), "signature_required");
        refused(thief.post("/heartbeat", Map.of("node_id", victim.id())), "wrong_node");
        broker.close();
        List<JsonNode> lines = new ArrayList<>();
        AuditPages.each(directory, line -> lines.add(Json.read(line, JsonNode.class)));
        for (String code : List.of("signature_required", "wrong_node")) {
            assertThat(lines).anySatisfy(line -> {
                assertThat(line.path("event").asText()).isEqualTo("refused");
                assertThat(line.path("code").asText()).isEqualTo(code);
                assertThat(line.path("count").asInt()).isOne();
            });
        }
    }

    @Test
    void each_request_may_be_signed_instead_of_being_in_a_session() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("x");
        Reply claimed =
                answer(ScriptedNode.signed(broker, ScriptedNode.keyOf("one"), "/claim", Map.of("node_id", node.id())));
        assertThat(claimed.body().path("job").path("id").asText()).isEqualTo(jobId);
    }

    @Test
    void a_session_ends_and_another_is_had_without_losing_a_lease() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        // A lease outlives its job's time limit by two minutes, and a session lasts longer than the usual one.
        String jobId = broker.submit(Map.of("code", "x", "timeout", 3600));
        Job held = node.claimOne();
        String first = node.session();
        for (long passed = 0; passed < NodeSessions.LIFETIME.toSeconds(); passed += 10) {
            clock.advance(Duration.ofSeconds(10));
            node.heartbeat(true, held);
        }
        refused(answer(broker.postLater("/heartbeat", Map.of("node_id", node.id()), first)), "session_expired");
        assertThat(node.session()).isNotEqualTo(first);
        assertThat(node.complete(held, "done").status()).isEqualTo(200);
        assertThat(broker.get("/status/" + jobId).body().path("attempt").asInt())
                .isEqualTo(1);
    }

    @Test
    void a_broker_started_anew_knows_its_nodes_and_their_leases_again() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        broker.submit("x");
        Job held = node.claimOne();
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.allowUnsignedNodes(false), clock);
        ScriptedNode same = node.at(broker);
        refused(
                answer(broker.postLater("/heartbeat", Map.of("node_id", node.id()), node.session())),
                "session_expired");
        assertThat(same.heartbeat(true, held).status()).isEqualTo(200);
        assertThat(same.complete(held, "done").status()).isEqualTo(200);
    }

    @Test
    void older_nodes_are_served_only_where_the_broker_is_told_so() {
        refused(broker.post("/register", Map.of("endpoint", "http://old")), "signature_required");
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.allowUnsignedNodes(true), clock);
        Reply registered = broker.post("/register", Map.of("endpoint", "http://old"));
        assertThat(registered.status()).isEqualTo(200);
        assertThat(registered.body().path("session").isNull()).isTrue();
        Map<String, Object> old = Map.of("node_id", registered.text("node_id"));
        assertThat(broker.post("/claim", old).status()).isEqualTo(200);
        ScriptedNode other = ScriptedNode.register(broker, "other");
        refused(other.post("/claim", old), "wrong_node");
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.allowUnsignedNodes(false), clock);
        refused(broker.post("/claim", old), "signature_required");
    }

    @Test
    void the_broker_has_a_key_of_its_own_and_keeps_it() {
        String id = broker.get("/health").text("worker_id");
        assertThat(WorkerKey.of(id)).isPresent();
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings, clock);
        assertThat(broker.get("/health").text("worker_id")).isEqualTo(id);
        broker.close();
        broker = BrokerUnderTest.start(directory, settings -> settings.localWorkerId(key.workerId()), clock);
        assertThat(broker.get("/health").text("worker_id")).isEqualTo(key.workerId());
    }

    @Test
    void a_result_is_taken_with_the_signature_of_its_node_and_told_with_it() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String jobId = broker.submit("x");
        JsonNode before = broker.get("/status/" + jobId).body().path("worker_metadata");
        assertThat(before.toString()).isEqualTo("{\"worker_id\":null,\"signature\":null}");
        Job job = node.claimOne();
        for (String signature : new String[] {"\"\"", "\"AAAA\"", "null", "\"no base64\""}) {
            Reply reply = node.post("/complete", """
                    {"node_id": "%s", "job_id": "%s", "output": "1", "error": "", "exit_code": 0, "lease_id": "%s",
                     "attempt": {"code": "ok"}, "signature": %s}
                    """.formatted(node.id(), jobId, job.leaseId(), signature));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text("code")).isEqualTo("result_signature_invalid");
        }
        assertThat(broker.state(jobId)).isEqualTo("assigned");
        assertThat(node.report(job, "exit_nonzero", "2", 3).status()).isEqualTo(200);
        JsonNode vouched = broker.get("/status/" + jobId).body().path("worker_metadata");
        assertThat(vouched.path("worker_id").asText()).isEqualTo(ScriptedNode.key("one"));
        assertThat(vouched.path("signature_algorithm").asText()).isEqualTo("Ed25519");
        JsonNode signed = vouched.path("signed_data");
        assertThat(signed.properties().stream().map(Map.Entry::getKey))
                .containsExactlyInAnyOrder("job_id", "exit_code", "cpu_seconds", "memory_peak_bytes", "output_hash");
        assertThat(signed.path("job_id").asText()).isEqualTo(jobId);
        assertThat(signed.path("exit_code").asInt()).isEqualTo(3);
        WorkerKey known = WorkerKey.of(vouched.path("worker_id").asText()).orElseThrow();
        byte[] message = CanonicalJson.bytes(signed);
        assertThat(known.hasSigned(message, vouched.path("signature").asText())).isTrue();
    }

    @Test
    void the_same_output_has_the_same_hash_and_a_job_that_never_ran_has_none() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        assertThat(hashOf(node, "1")).isEqualTo(hashOf(node, "1")).isNotEqualTo(hashOf(node, "2"));
        String jobId = broker.submit("x");
        broker.post("/cancel/" + jobId, "");
        assertThat(broker.get("/status/" + jobId)
                        .body()
                        .path("worker_metadata")
                        .path("signature")
                        .isNull())
                .isTrue();
    }

    private String hashOf(ScriptedNode node, String output) {
        String jobId = broker.submit("x");
        node.complete(node.claimOne(), output);
        return broker.get("/status/" + jobId)
                .body()
                .path("worker_metadata")
                .path("signed_data")
                .path("output_hash")
                .asText();
    }

    @Test
    void tokens_are_in_no_answer_but_the_one_that_gives_them() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        String token = node.session().replace("Sandrun-Session ", "");
        for (String path : List.of("/nodes", "/health", "/jobs")) {
            assertThat(broker.get(path).raw().body()).doesNotContain(token);
        }
        Reply reply = broker.send(broker.request("/heartbeat")
                .header("Authorization", node.session() + "x")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"node_id\":\"" + node.id() + "\"}")));
        refused(reply, "session_expired");
        assertThat(reply.raw().body()).doesNotContain(token);
    }
}
