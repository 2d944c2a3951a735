package io.sandrun.broker;

import static io.sandrun.broker.BrokerUnderTest.answer;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.NodeKey;
import io.sandrun.protocol.identity.SealedRequest;
import io.sandrun.protocol.identity.SessionSecret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions with a secret: what is recorded of them is worth nothing. */
class SealedSessionTest {
    private final NodeKey key = NodeKey.generate();

    @AutoClose
    private BrokerUnderTest broker;

    private SessionSecret secret;
    private String token;
    private String nodeId;

    @BeforeEach
    void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory, settings -> settings.allowUnsignedNodes(false));
        SessionSecret.Half half = SessionSecret.half();
        Reply reply = register(half.publicHalf());
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        JsonNode session = reply.body().path("session");
        nodeId = reply.text("node_id");
        token = session.path("token").asText();
        secret = half.withBroker(session.path("key").asText(), token).orElseThrow();
    }

    private Reply register(String sessionKey) {
        return answer(ScriptedNode.signed(
                broker,
                key,
                "/register",
                Map.of("worker_id", key.workerId(), "name", "one", "session_key", sessionKey)));
    }

    private SealedRequest seal(long number, String path, String body) {
        return secret.seal(token, number, "POST", path, body.getBytes(StandardCharsets.UTF_8));
    }

    private Reply send(String path, String body, SealedRequest sealed) {
        return answer(broker.postLater(path, body, sealed.header()));
    }

    private void refused(Reply reply, String code) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
        assertThat(reply.text("code")).isEqualTo(code);
        assertThat(reply.raw().body()).doesNotContain(token);
        assertThat(reply.raw().headers().firstValue("WWW-Authenticate").orElse(""))
                .contains("Sandrun-Sealed");
    }

    @Test
    void a_sealed_request_is_served_once_whatever_it_is() {
        String job = broker.submit("x");
        String beat = Json.write(Map.of("node_id", nodeId));
        SealedRequest sealed = seal(1, "/heartbeat", beat);
        assertThat(send("/heartbeat", beat, sealed).status()).isEqualTo(200);
        refused(send("/heartbeat", beat, sealed), "request_replayed");
        SealedRequest claim = seal(2, "/claim", beat);
        assertThat(send("/claim", beat, claim).body().path("job").path("id").asText())
                .isEqualTo(job);
        String other = broker.submit("y");
        refused(send("/claim", beat, claim), "request_replayed");
        assertThat(broker.state(other)).isEqualTo("pending");
        assertThat(send("/claim", beat, seal(4, "/claim", beat)).status()).isEqualTo(200);
        assertThat(send("/heartbeat", beat, seal(3, "/heartbeat", beat)).status())
                .isEqualTo(200);
    }

    @Test
    void the_token_alone_says_nothing_and_a_changed_request_neither() {
        String body = Json.write(Map.of("node_id", nodeId));
        refused(answer(broker.postLater("/claim", body, "Sandrun-Session " + token)), "signature_required");
        refused(send("/claim", body.replace("}", " }"), seal(1, "/claim", body)), "signature_invalid");
        refused(send("/release", body, seal(1, "/claim", body)), "signature_invalid");
        SealedRequest sealed = seal(1, "/claim", body);
        refused(send("/claim", body, new SealedRequest(token, 2, sealed.seal())), "signature_invalid");
        refused(answer(broker.postLater("/claim", body, "Sandrun-Sealed nonsense")), "signature_invalid");
        refused(send("/claim", body, new SealedRequest("made-up", 1, sealed.seal())), "session_expired");
        // None of these used the number up.
        assertThat(send("/claim", body, sealed).status()).isEqualTo(200);
    }

    @Test
    void a_session_by_its_token_takes_no_seal() {
        ScriptedNode old = ScriptedNode.register(broker, "old");
        String body = Json.write(Map.of("node_id", old.id()));
        String oldToken = old.session().replace("Sandrun-Session ", "");
        refused(
                send("/claim", body, secret.seal(oldToken, 1, "POST", "/claim", body.getBytes(StandardCharsets.UTF_8))),
                "signature_invalid");
        assertThat(old.post("/heartbeat", body).status()).isEqualTo(200);
    }

    @Test
    void one_nodes_session_speaks_for_no_other() {
        ScriptedNode other = ScriptedNode.register(broker, "other");
        String body = Json.write(Map.of("node_id", other.id()));
        refused(send("/claim", body, seal(1, "/claim", body)), "wrong_node");
    }

    @Test
    void what_is_no_public_half_is_refused_by_its_name() {
        String zero = Base64.getEncoder().encodeToString(new byte[SessionSecret.PUBLIC_BYTES]);
        for (String half : new String[] {"", "AAAA", "no base64", zero}) {
            Reply reply = register(half);
            assertThat(reply.status()).as(half).isEqualTo(400);
            assertThat(reply.body().path("details").path("field").asText()).isEqualTo("session_key");
        }
    }
}
