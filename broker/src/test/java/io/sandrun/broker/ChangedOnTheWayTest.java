package io.sandrun.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.protocol.ArtifactClient;
import io.sandrun.protocol.BrokerAddress;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.Capabilities;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Claim;
import io.sandrun.protocol.NodeMessages.ClaimedJob;
import io.sandrun.protocol.NodeMessages.Heartbeat;
import io.sandrun.protocol.NodeMessages.HeldLease;
import io.sandrun.protocol.NodeMessages.Register;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.RequestSignature;
import io.sandrun.protocol.log.LogBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody between a node and its broker changes one byte, where nothing is encrypted. */
class ChangedOnTheWayTest {
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    private Path directory;

    private BrokerUnderTest broker;
    private ChangingProxy line;
    private BrokerClient client;
    private ArtifactClient artifacts;
    private String nodeId;

    @BeforeEach
    void start() throws IOException {
        broker = BrokerUnderTest.start(directory.resolve("data"), settings -> settings.allowUnsignedNodes(false));
        line = new ChangingProxy(broker.url());
        // As late as it may be: what was signed before this broker was there is refused.
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMillis(RequestSignature.AHEAD_MS_MAX));
        NodeCredentials credentials = new NodeCredentials(NodeKey.generate(), ahead);
        client = new BrokerClient(BrokerAddress.of(line.url()), credentials);
        artifacts = new ArtifactClient(BrokerAddress.of(line.url()), credentials);
        Capabilities offered = Capabilities.of(List.of("python3"), 2, 4096, 4);
        nodeId = client.register(new Register("", credentials.key().workerId(), "one", offered, List.of()))
                .nodeId();
    }

    @AfterEach
    void stop() {
        line.close();
        broker.close();
    }

    private ClaimedJob claimed() throws Exception {
        broker.submit("x");
        return got(client.claim(new Claim(nodeId, 1, PATIENCE_SECONDS))).jobs().get(0);
    }

    private static <T> T got(CompletableFuture<T> answer) throws Exception {
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static LogBatch log(ClaimedJob job, String text) {
        return new LogBatch(List.of(new LogBatch.Part(job.id(), job.leaseId(), 0, LogPieces.of("out:" + text))));
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        BrokerException.class,
                        refusal -> assertThat(refusal.is(code))
                                .as(refusal.toString())
                                .isTrue());
    }

    @Test
    void a_log_is_taken_only_as_its_node_has_sent_it() throws Exception {
        ClaimedJob job = claimed();
        line.changeRequests(ChangingProxy::changed);
        refused(ErrorCode.SIGNATURE_INVALID, () -> client.appendLogs(nodeId, log(job, "true")));
        line.changeRequests(body -> body);
        assertThat(client.appendLogs(nodeId, log(job, "true")).logs().get(0).offset())
                .isEqualTo(4);
        assertThat(broker.get("/logs/" + job.id() + "?format=text").raw().body())
                .isEqualTo("true");
    }

    /** The sealed path names its digest. */
    @Test
    void an_output_is_kept_only_as_its_node_has_sent_it() throws Exception {
        ClaimedJob job = claimed();
        Path file = Files.writeString(directory.resolve("report.csv"), "1,2,3");
        String sha256 = Digest.of("1,2,3".getBytes(UTF_8));
        line.changeRequests(ChangingProxy::changed);
        refused(ErrorCode.DIGEST_MISMATCH, () -> put(job, sha256, file));
        refused(ErrorCode.SIGNATURE_INVALID, () -> putUnderAnotherName(job, sha256, file));
        line.changeRequests(body -> body);
        put(job, sha256, file);
    }

    private void put(ClaimedJob job, String sha256, Path file) throws IOException {
        artifacts.put(sha256, job.leaseId(), file).await(Duration.ofSeconds(PATIENCE_SECONDS));
    }

    /** Whoever changes the bytes has to change their name, too. */
    private void putUnderAnotherName(ClaimedJob job, String sha256, Path file) throws IOException {
        String other = Digest.of(ChangingProxy.changed(Files.readAllBytes(file)));
        line.renamePaths(path -> path.replace(sha256, other));
        try {
            put(job, sha256, file);
        } finally {
            line.renamePaths(path -> path);
        }
    }

    @Test
    void a_job_is_run_only_as_the_broker_has_handed_it_out() throws Exception {
        broker.submit("x");
        // What JSON means does not change by a space.
        line.changeAnswers(body -> new String(body, UTF_8).replace(",", ", ").getBytes(UTF_8));
        assertThatThrownBy(() -> got(client.claim(new Claim(nodeId, 1, PATIENCE_SECONDS))))
                .hasRootCauseInstanceOf(IOException.class)
                .hasMessageContaining("changed on its way");
    }

    @Test
    void no_answer_stands_for_another() throws Exception {
        ClaimedJob job = claimed();
        Heartbeat beat = new Heartbeat(nodeId, List.of(new HeldLease(job.leaseId(), true)), 0);
        assertThat(got(client.heartbeat(beat)).cancel()).isEmpty();
        broker.post("/cancel/" + job.id(), Map.of());
        line.repeatAnswers();
        assertThat(got(client.heartbeat(beat)).cancel()).containsExactly(job.leaseId());
        assertThatThrownBy(() -> got(client.heartbeat(beat))).hasMessageContaining("changed on its way");
    }
}
