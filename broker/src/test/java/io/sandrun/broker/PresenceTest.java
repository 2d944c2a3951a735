package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.broker.ScriptedNode.Job;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows from the end of the connection by which a node shows that it is there. NODE_TIMEOUT is 15 s here. */
class PresenceTest {
    /** Above the patience of 2 s and well below NODE_TIMEOUT: a busy machine is no reason to fail. */
    private static final Duration SOON = Duration.ofSeconds(12);

    /** A claim that waits so long has seen the end of the patience. */
    private static final double PATIENCE_AND_MORE_SECONDS = 3.5;

    /** How often something is asked that is true a moment after an answer. */
    private static final int ASKED_MAX = 1_000;

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    @AutoClose
    private BrokerUnderTest broker;

    @BeforeEach
    void start() {
        broker = BrokerUnderTest.start(directory);
    }

    /** Hears how a connection ended. */
    private static final class Ears implements WebSocket.Listener {
        private final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            closed.complete(status);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket socket, Throwable failure) {
            closed.completeExceptionally(failure);
        }
    }

    private WebSocket open(String nodeId, Ears ears, String... headers) {
        WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
        for (int index = 0; index < headers.length; index += 2) {
            builder.header(headers[index], headers[index + 1]);
        }
        URI place = URI.create(broker.url().replace("http", "ws") + "/nodes/" + nodeId + "/presence");
        return answer(builder.buildAsync(place, ears));
    }

    private WebSocket open(ScriptedNode node) {
        return open(node, new Ears());
    }

    private WebSocket open(ScriptedNode node, Ears ears) {
        return open(node.id(), ears, "Authorization", node.session());
    }

    private int refusal(String nodeId, String... headers) {
        try {
            open(nodeId, new Ears(), headers);
            return 101;
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof WebSocketHandshakeException handshake) {
                return handshake.getResponse().statusCode();
            }
            throw refused;
        }
    }

    @Test
    void a_node_whose_connection_is_cut_off_loses_its_jobs_soon() {
        ScriptedNode first = ScriptedNode.register(broker, "first");
        WebSocket connection = open(first);
        String jobId = broker.submit("x");
        Job held = first.claimOne();
        CompletableFuture<List<Job>> parkedBeforeDeath = first.claimParked(3, 20);
        CompletableFuture<List<Job>> elsewhere =
                ScriptedNode.register(broker, "second").claimParked(1, 20);
        long cutAt = System.nanoTime();
        connection.abort();
        List<Job> again = answer(elsewhere);
        assertThat(Duration.ofNanos(System.nanoTime() - cutAt)).isLessThan(SOON);
        assertThat(again).extracting(Job::id).containsExactly(jobId);
        assertThat(again.get(0).attempt()).isEqualTo(2);
        assertThat(answer(parkedBeforeDeath)).isEmpty();
        assertThat(first.complete(held, "late").status()).isEqualTo(409);
    }

    @Test
    void a_connection_that_flaps_costs_no_lease() {
        ScriptedNode first = ScriptedNode.register(broker, "first");
        broker.submit("x");
        Job held = first.claimOne();
        for (int flap = 0; flap < 5; flap++) {
            open(first).abort();
        }
        WebSocket last = open(first);
        assertNobodyElseGetsIt();
        assertThat(first.complete(held, "done").status()).isEqualTo(200);
        last.abort();
    }

    @Test
    void a_node_that_is_heard_of_after_its_connection_ended_keeps_its_leases() {
        ScriptedNode first = ScriptedNode.register(broker, "first");
        WebSocket connection = open(first);
        broker.submit("x");
        Job held = first.claimOne();
        connection.abort();
        assertThat(ScriptedNode.register(broker, "second").claim(1, 0.5)).isEmpty();
        first.heartbeat(true, held);
        assertNobodyElseGetsIt();
        assertThat(first.complete(held, "done").status()).isEqualTo(200);
    }

    @Test
    void a_farewell_costs_no_lease() {
        ScriptedNode first = ScriptedNode.register(broker, "first");
        WebSocket connection = open(first);
        broker.submit("x");
        Job held = first.claimOne();
        answer(connection.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        assertNobodyElseGetsIt();
        assertThat(first.complete(held, "done").status()).isEqualTo(200);
    }

    private void assertNobodyElseGetsIt() {
        assertThat(ScriptedNode.register(broker, "second").claim(1, PATIENCE_AND_MORE_SECONDS))
                .isEmpty();
    }

    @Test
    void a_restart_of_the_broker_says_farewell_and_costs_no_lease() {
        ScriptedNode first = ScriptedNode.register(broker, "first");
        Ears ears = new Ears();
        open(first, ears);
        broker.submit("x");
        Job held = first.claimOne();
        broker.close();
        assertThat(answer(ears.closed)).isEqualTo(1001);
        broker = BrokerUnderTest.start(directory);
        assertNobodyElseGetsIt();
        ScriptedNode again = ScriptedNode.register(broker, "first", Map.of(), List.of(held.leaseId()));
        assertThat(again.complete(held, "done").status()).isEqualTo(200);
    }

    @Test
    void nodes_tell_who_is_present() {
        ScriptedNode first = ScriptedNode.register(broker, "first");
        assertThat(present()).isFalse();
        open(first);
        // The handshake is answered a moment before the connection counts.
        int asked = 0;
        while (!present() && asked < ASKED_MAX) {
            asked++;
        }
        assertThat(asked).isLessThan(ASKED_MAX);
    }

    private boolean present() {
        return broker.get("/nodes").body().path("nodes").path(0).path("present").asBoolean();
    }

    @Test
    void strangers_and_more_connections_than_needed_are_refused() {
        assertThat(refusal("node-nobody")).isEqualTo(404);
        ScriptedNode node = ScriptedNode.register(broker, "one");
        assertThat(refusal(node.id(), "Origin", "https://evil.example")).isEqualTo(403);
        for (int count = 0; count < 4; count++) {
            assertThat(refusal(node.id(), "Authorization", node.session())).isEqualTo(101);
        }
        int status = 101;
        for (int asked = 0; status == 101 && asked < ASKED_MAX; asked++) {
            status = refusal(node.id(), "Authorization", node.session());
        }
        assertThat(status).isEqualTo(429);
        assertThat(refusal(node.id())).isEqualTo(401);
        assertThatThrownBy(() -> open(node)).hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void what_is_said_on_the_connection_is_bounded() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        Ears ears = new Ears();
        WebSocket connection = open(node, ears);
        answer(connection.sendText("hello", true));
        var unused = connection.sendText("x".repeat(2_000), true);
        assertThat(answer(ears.closed)).isEqualTo(1009);
    }

    /** The broker closes without reading on, so that the end may overtake what it says of the reason. */
    @Test
    void who_says_far_too_much_is_cut_off() {
        ScriptedNode node = ScriptedNode.register(broker, "one");
        Ears ears = new Ears();
        var unused = open(node, ears).sendText("x".repeat(100_000), true);
        CompletableFuture<Integer> end = ears.closed.exceptionally(cutOff -> 1009);
        assertThat(answer(end)).isEqualTo(1009);
    }
}
