package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestSignatureTest {
    private static final byte[] BODY = "{\"node_id\":\"node-1\"}".getBytes(StandardCharsets.UTF_8);
    private static final long TIME_MS = 1_800_000_000_000L;

    private final NodeKey key = NodeKey.generate();
    private final RequestSignature signature = RequestSignature.sign(key, "POST", "/claim?a=b", BODY, TIME_MS);

    @Test
    void a_signature_fits_the_request_that_was_signed_after_its_way_through_a_header() {
        RequestSignature read = RequestSignature.parse(signature.header()).orElseThrow();
        assertThat(read).isEqualTo(signature);
        assertThat(read.fits("POST", "/claim?a=b", BODY)).isTrue();
    }

    @Test
    void it_fits_nothing_else() {
        assertThat(signature.fits("PUT", "/claim?a=b", BODY)).isFalse();
        assertThat(signature.fits("POST", "/claim?a=c", BODY)).isFalse();
        assertThat(signature.fits("POST", "/claim", BODY)).isFalse();
        assertThat(signature.fits("POST", "/claim?a=b", new byte[0])).isFalse();
        RequestSignature later =
                new RequestSignature(key.workerId(), TIME_MS + 1, signature.nonce(), signature.signature());
        assertThat(later.fits("POST", "/claim?a=b", BODY)).isFalse();
        RequestSignature again =
                new RequestSignature(key.workerId(), TIME_MS, signature.nonce() + "x", signature.signature());
        assertThat(again.fits("POST", "/claim?a=b", BODY)).isFalse();
        RequestSignature ofAnother =
                new RequestSignature(NodeKey.generate().workerId(), TIME_MS, signature.nonce(), signature.signature());
        assertThat(ofAnother.fits("POST", "/claim?a=b", BODY)).isFalse();
    }

    @Test
    void two_signatures_on_the_same_request_differ() {
        assertThat(RequestSignature.sign(key, "POST", "/claim?a=b", BODY, TIME_MS))
                .isNotEqualTo(signature);
    }

    @Test
    void what_is_no_signature_is_told_apart() {
        for (String header : new String[] {
            "",
            "Bearer x",
            RequestSignature.SCHEME,
            RequestSignature.SCHEME + " worker_id=a",
            signature.header() + ", nonce=twice",
            signature.header().replace("time_ms=1", "time_ms=x"),
            signature.header().replaceAll("nonce=[^,]*", "nonce=short"),
            signature.header() + " ".repeat(1000)
        }) {
            assertThat(RequestSignature.parse(header)).as(header).isEmpty();
        }
    }

    @Test
    void a_worker_id_has_one_text_and_is_a_key() {
        assertThat(WorkerKey.of(key.workerId())).isPresent();
        assertThat(WorkerKey.of(key.workerId().replace("=", ""))).isEmpty();
        assertThat(WorkerKey.of("")).isEmpty();
        assertThat(WorkerKey.of("AAAA")).isEmpty();
        assertThat(WorkerKey.of("no base64 at all, but long enough to be it...."))
                .isEmpty();
        WorkerKey known = WorkerKey.of(key.workerId()).orElseThrow();
        assertThat(known.hasSigned(BODY, key.sign(BODY))).isTrue();
        assertThat(known.hasSigned(BODY, "no base64 !")).isFalse();
        assertThat(known.hasSigned(BODY, new byte[64])).isFalse();
    }
}
