package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SessionSecretTest {
    private static final byte[] BODY = "{\"node_id\":\"one\"}".getBytes(StandardCharsets.UTF_8);

    private final SessionSecret.Half node = SessionSecret.half();
    private final SessionSecret.Half broker = SessionSecret.half();
    private final SessionSecret nodes =
            node.withBroker(broker.publicHalf(), "token").orElseThrow();
    private final SessionSecret brokers =
            broker.withNode(node.publicHalf(), "token").orElseThrow();

    private static SealedRequest over(SealedRequest sealed) {
        return SealedRequest.parse(sealed.header()).orElseThrow();
    }

    @Test
    void both_ends_come_to_the_same_secret() {
        SealedRequest sealed = over(nodes.seal("token", 7, "POST", "/claim", BODY));
        assertThat(sealed.number()).isEqualTo(7);
        assertThat(brokers.fits(sealed, "POST", "/claim", BODY)).isTrue();
    }

    @Test
    void whatever_is_changed_makes_the_seal_worthless() {
        SealedRequest sealed = nodes.seal("token", 7, "POST", "/claim", BODY);
        assertThat(brokers.fits(sealed, "GET", "/claim", BODY)).isFalse();
        assertThat(brokers.fits(sealed, "POST", "/claim?x", BODY)).isFalse();
        assertThat(brokers.fits(sealed, "POST", "/claim", new byte[0])).isFalse();
        assertThat(brokers.fits(new SealedRequest("token", 8, sealed.seal()), "POST", "/claim", BODY))
                .isFalse();
        assertThat(brokers.fits(new SealedRequest("other", 7, sealed.seal()), "POST", "/claim", BODY))
                .isFalse();
        assertThat(brokers.fits(new SealedRequest("token", 7, "?"), "POST", "/claim", BODY))
                .isFalse();
    }

    @Test
    void who_heard_both_public_halves_and_the_token_cannot_seal() {
        SessionSecret.Half listener = SessionSecret.half();
        SessionSecret guessed =
                listener.withBroker(broker.publicHalf(), "token").orElseThrow();
        assertThat(brokers.fits(guessed.seal("token", 1, "POST", "/claim", BODY), "POST", "/claim", BODY))
                .isFalse();
        SessionSecret ofAnotherToken =
                node.withBroker(broker.publicHalf(), "another").orElseThrow();
        assertThat(brokers.fits(ofAnotherToken.seal("token", 1, "POST", "/claim", BODY), "POST", "/claim", BODY))
                .isFalse();
    }

    @Test
    void no_secret_follows_from_what_is_no_public_half() {
        String zero = Base64.getEncoder().encodeToString(new byte[SessionSecret.PUBLIC_BYTES]);
        assertThat(SessionSecret.isPublicHalf(zero)).isTrue();
        for (String half : new String[] {"", "AAAA", "no base64", zero}) {
            assertThat(broker.withNode(half, "token")).as(half).isEmpty();
        }
        assertThat(SessionSecret.isPublicHalf("AAAA")).isFalse();
    }

    @Test
    void a_header_that_is_not_whole_is_none() {
        String good = nodes.seal("token", 7, "POST", "/claim", BODY).header();
        assertThat(SealedRequest.parse(good)).isPresent();
        for (String bad : new String[] {
            "",
            good.replace("number=7", "number=0"),
            good.replace("number=7", "number=-7"),
            good.replace("number=7", "number=99999999999999999999"),
            good.replace("token=token", "token="),
            good + "x",
            good.replace("Sandrun-Sealed", "Sandrun-Session")
        }) {
            assertThat(SealedRequest.parse(bad)).as(bad).isEmpty();
        }
    }
}
