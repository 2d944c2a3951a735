package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.cli.RecordingProxy.Recorded;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.NodeMessages.AttemptReport;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Complete;
import io.sandrun.protocol.NodeMessages.Heartbeat;
import io.sandrun.protocol.NodeMessages.Register;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.NodeMessages.Release;
import io.sandrun.protocol.NodeMessages.Renew;
import io.sandrun.protocol.NodeMessages.Usage;
import io.sandrun.protocol.Outcome;
import io.sandrun.protocol.OutputReport;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.RequestSignature;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people try on a trusted pool: a real broker, a real node whose line somebody records, a stranger whose key is
 * not on the list, and an insider whose key is. After each try a job still ends rightly.
 */
@Timeout(300)
class PoolAttackTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    static Path directory;

    private static PoolOfProcesses pool;
    private static RecordingProxy line;

    /** The node's and the insider's; the stranger has a key of its own. */
    private static String honestId;

    private static NodeKey insider;

    @BeforeAll
    static void start() throws Exception {
        pool = PoolOfProcesses.startBroker(directory, 2, 2);
        line = new RecordingProxy(pool.url());
        honestId = pool.workerIds().get(0);
        insider = NodeKey.load(pool.keyFile("worker2"));
        pool.node("worker1", 2, line.url()).awaitError("ready");
        pool.awaitHealthy(1);
    }

    @AfterAll
    static void stop() {
        if (line != null) {
            line.close();
        }
        if (pool != null) {
            pool.close();
        }
    }

    /** Whatever was tried: the honest node does its work, and there are no others than before. */
    @AfterEach
    void a_job_still_ends_rightly() throws Exception {
        JsonNode ended = finished(Map.of("code", "print(6 * 7)", "node", honestId));
        assertThat(ended.path("worker_id").asText()).isEqualTo(honestId);
        assertThat(pool.client()
                        .result(ended.path("job_id").asText(), 0)
                        .orElseThrow()
                        .output())
                .isEqualTo("42\n");
        for (JsonNode node : pool.client().nodes().path("nodes")) {
            assertThat(pool.workerIds()).contains(node.path("worker_id").asText());
        }
    }

    private static JsonNode finished(Map<String, ?> job) throws Exception {
        BrokerClient client = pool.client();
        String jobId =
                client.submit(Json.MAPPER.valueToTree(job)).path("job_id").asText();
        JsonNode ended = client.status(jobId, PATIENCE_SECONDS);
        assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("completed");
        return ended;
    }

    private static BrokerClient clientOf(NodeKey key) {
        return new BrokerClient(BrokerAddress.of(URI.create(pool.url())), new NodeCredentials(key, Clock.systemUTC()));
    }

    private static Register registration(String workerId) {
        Capabilities offered = Capabilities.of(List.of("python3"), 1, 1024, 1);
        return new Register("", workerId, "somebody", offered, List.of());
    }

    private static String honestNodeId() throws Exception {
        for (JsonNode node : pool.client().nodes().path("nodes")) {
            if (node.path("worker_id").asText().equals(honestId)) {
                return node.path("id").asText();
            }
        }
        throw new AssertionError("the honest node is not there");
    }

    private static void refused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            assertThat(cause).isInstanceOf(BrokerException.class);
            assertThat(((BrokerException) cause).body().code()).isEqualTo(code);
        });
    }

    @Test
    void a_node_whose_key_is_not_on_the_list_is_told_so_and_gets_nothing() throws Exception {
        String strangerId = PoolOfProcesses.makeKey(pool.keyFile("stranger"));
        try (SandrunProcess stranger = pool.node("stranger", 1, pool.url())) {
            stranger.awaitError("this key is not on it.*workers file");
            assertThat(pool.pool().toString()).doesNotContain(strangerId);
            assertThat(pool.client().nodes().toString()).doesNotContain(strangerId);
        }
    }

    @Test
    void a_listed_id_is_of_no_use_without_its_key() throws Exception {
        NodeKey stranger = NodeKey.generate();
        byte[] body = Json.bytes(registration(honestId));
        RequestSignature own = RequestSignature.sign(
                stranger, "POST", "/register", body, Clock.systemUTC().millis());
        RequestSignature posing = new RequestSignature(honestId, own.timeMs(), own.nonce(), own.signature());
        assertRefused(401, "signature_invalid", register(body, posing.header()));
        assertRefused(403, "worker_not_listed", register(body, own.header()));
        RequestSignature insiders = RequestSignature.sign(
                insider, "POST", "/register", body, Clock.systemUTC().millis());
        assertRefused(401, "wrong_node", register(body, insiders.header()));
    }

    private static HttpResponse<byte[]> register(byte[] body, String authorization) throws Exception {
        return line.send(new Recorded(
                "POST",
                "/register",
                Map.of("Authorization", authorization, "Content-Type", "application/json"),
                new String(body, StandardCharsets.ISO_8859_1)));
    }

    private static void assertRefused(int status, String code, HttpResponse<byte[]> answer) {
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(body).isEqualTo(status);
        assertThat(body).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void an_insider_speaks_for_no_other_node() throws Exception {
        BrokerClient client = clientOf(insider);
        client.register(registration(insider.workerId()));
        String victim = honestNodeId();
        refused("wrong_node", () -> client.claim(new Claim(victim, 1, 0)).join());
        refused(
                "wrong_node",
                () -> client.heartbeat(new Heartbeat(victim, List.of(), 0)).join());
        refused("wrong_node", () -> client.release(new Release(victim, List.of(), true)));
        refused("wrong_node", () -> client.renew(new Renew(victim)));
        refused("wrong_node", () -> client.complete(report(victim, "pool-1", "lease-1")));
        refused("wrong_node", () -> client.register(registration(honestId)));
    }

    @Test
    void a_request_that_was_recorded_is_refused_whatever_it_was() throws Exception {
        JsonNode before = finished(Map.of("code", "print('once')", "node", honestId));
        awaitRecorded("/complete");
        for (String path : List.of("/register", "/claim", "/heartbeat", "/complete")) {
            List<Recorded> sent = line.of(path);
            assertThat(sent).as(path).isNotEmpty();
            for (Recorded request : sent) {
                assertRefused(401, "request_replayed", line.send(request));
            }
        }
        assertThat(pool.client().status(before.path("job_id").asText(), 0)).isEqualTo(before);
    }

    @Test
    void a_recorded_request_for_another_session_is_refused_too() throws Exception {
        BrokerClient client = new BrokerClient(
                BrokerAddress.of(URI.create(line.url())), new NodeCredentials(insider, Clock.systemUTC()));
        Registered standing = client.register(registration(insider.workerId()));
        client.renew(new Renew(standing.nodeId()));
        Recorded renewal = line.of("/session").get(0);
        assertRefused(401, "request_replayed", line.send(renewal));
    }

    private static void awaitRecorded(String path) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (line.of(path).isEmpty()) {
            assertThat(System.nanoTime()).as(path).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void a_result_that_another_key_has_signed_is_refused_and_the_right_one_taken() throws Exception {
        BrokerClient client = clientOf(insider);
        Registered standing = client.register(registration(insider.workerId()));
        String jobId = pool.client()
                .submit(Json.MAPPER.valueToTree(Map.of("code", "print(1)", "node", insider.workerId())))
                .path("job_id")
                .asText();
        ClaimedJob job =
                client.claim(new Claim(standing.nodeId(), 1, 20)).join().jobs().get(0);
        assertThat(job.id()).isEqualTo(jobId);
        Complete report = report(standing.nodeId(), jobId, job.leaseId());
        for (NodeKey other : List.of(NodeKey.generate(), NodeKey.load(pool.keyFile("worker1")))) {
            refused("result_signature_invalid", () -> client.complete(report.signed(other)));
        }
        assertThat(pool.client().status(jobId, 0).path("state").asText()).isEqualTo("assigned");
        client.complete(report.signed(insider));
        assertThat(pool.client()
                        .status(jobId, 0)
                        .path("worker_metadata")
                        .path("worker_id")
                        .asText())
                .isEqualTo(insider.workerId());
    }

    private static Complete report(String nodeId, String jobId, String leaseId) {
        AttemptReport attempt = AttemptReport.of(Outcome.OK, "", 2, new Usage(0.01, 1 << 20, 5), OutputReport.NOTHING);
        return new Complete(nodeId, jobId, "1\n", "", 0, leaseId, attempt, null, null);
    }
}
