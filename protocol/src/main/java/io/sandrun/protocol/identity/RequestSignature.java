package io.sandrun.protocol.identity;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A node's signature on one request, as it stands in the header {@code Authorization}:
 *
 * <pre>Sandrun-Signature worker_id=KEY, time_ms=1790000000000, nonce=RANDOM, signature=BASE64</pre>
 *
 * What is signed are these lines, each with a line feed at its end: {@code sandrun-request-1}, the verb, the path with
 * its query as it was sent, the SHA-256 of the body in lower-case hex, the worker id, the time, the nonce. So none of
 * them can be changed, and nothing else that a key signs looks like it.
 *
 * @param timeMs when it was signed, milliseconds since 1970
 * @param nonce chosen at random, so that no two requests are the same
 * @param signature base64 of 64 bytes
 */
public record RequestSignature(String workerId, long timeMs, String nonce, String signature) {
    /** The scheme of the header. */
    public static final String SCHEME = "Sandrun-Signature";

    /** How long ago a request may have been signed, milliseconds: Kerberos allows clocks to be so far apart. */
    public static final long AGE_MS_MAX = 300_000;

    /**
     * How far ahead of the broker's clock it may have been signed, milliseconds: hardly, so that a broker that has been
     * started anew can tell by its start what it may have seen before.
     */
    public static final long AHEAD_MS_MAX = 250;

    private static final String FIRST_LINE = "sandrun-request-1";
    private static final int NONCE_BYTES = 16;
    private static final int NONCE_CHARACTERS_MIN = 16;
    private static final int NONCE_CHARACTERS_MAX = 64;

    /** Four values of at most some 90 characters and their names; anything longer is none. */
    private static final int HEADER_CHARACTERS_MAX = 512;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Signs a request that is about to be sent. */
    public static RequestSignature sign(NodeKey key, String method, String pathAndQuery, byte[] body, long timeMs) {
        byte[] random = new byte[NONCE_BYTES];
        RANDOM.nextBytes(random);
        String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        RequestSignature unsigned = new RequestSignature(key.workerId(), timeMs, nonce, "");
        byte[] signature = key.sign(unsigned.message(method, pathAndQuery, body));
        return new RequestSignature(
                unsigned.workerId, timeMs, nonce, Base64.getEncoder().encodeToString(signature));
    }

    /** The value of the header. */
    public String header() {
        return "%s worker_id=%s, time_ms=%d, nonce=%s, signature=%s"
                .formatted(SCHEME, workerId, timeMs, nonce, signature);
    }

    /** The signature in a header's value; empty if it is of another scheme or not whole. */
    public static Optional<RequestSignature> parse(String header) {
        if (!header.startsWith(SCHEME + " ") || header.length() > HEADER_CHARACTERS_MAX) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (String part : header.substring(SCHEME.length()).split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0
                    || values.put(
                                    part.substring(0, equals).strip(),
                                    part.substring(equals + 1).strip())
                            != null) {
                return Optional.empty();
            }
        }
        try {
            RequestSignature said = new RequestSignature(
                    values.getOrDefault("worker_id", ""),
                    Long.parseLong(values.getOrDefault("time_ms", "")),
                    values.getOrDefault("nonce", ""),
                    values.getOrDefault("signature", ""));
            return said.hasUsableNonce() ? Optional.of(said) : Optional.empty();
        } catch (NumberFormatException noTime) {
            return Optional.empty();
        }
    }

    private boolean hasUsableNonce() {
        return nonce.length() >= NONCE_CHARACTERS_MIN
                && nonce.length() <= NONCE_CHARACTERS_MAX
                && nonce.chars().allMatch(letter -> letter > ' ' && letter <= '~');
    }

    /** Whether the owner of the key that it names signed just this request. */
    public boolean fits(String method, String pathAndQuery, byte[] body) {
        return WorkerKey.of(workerId)
                .filter(key -> key.hasSigned(message(method, pathAndQuery, body), signature))
                .isPresent();
    }

    private byte[] message(String method, String pathAndQuery, byte[] body) {
        return "%s\n%s\n%s\n%s\n%s\n%d\n%s\n"
                .formatted(FIRST_LINE, method, pathAndQuery, Digest.of(body), workerId, timeMs, nonce)
                .getBytes(StandardCharsets.UTF_8);
    }
}
