package io.sandrun.protocol.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * What the two ends of a session know, and nobody who listens: each request of the session is sealed by it.
 *
 * <p>Theory of operation: a token that is sent with each request is as good as the key for whoever records one. So both
 * ends make a key pair for this session alone (X25519, RFC 7748) and tell each other the public halves: the node's is
 * part of a request that its lasting key has signed, the broker's comes with the token. From both follows a secret that
 * was never sent, and HMAC-SHA256 under it seals verb, path, body and a number that no two requests share; and of the
 * answer the number, status and body. Immutable and thread-safe.
 */
public final class SessionSecret {
    /** Of a public half, before base64. */
    public static final int PUBLIC_BYTES = X25519.POINT_SIZE;

    private static final String HMAC = "HmacSHA256";
    private static final String AGREEMENT_LINE = "sandrun-session-1";
    private static final String REQUEST_LINE = "sandrun-sealed-request-1";
    private static final String ANSWER_LINE = "sandrun-sealed-answer-1";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final SecretKeySpec key;

    private SessionSecret(byte[] key) {
        this.key = new SecretKeySpec(key, HMAC);
    }

    /** One end's key pair, for one session. */
    public static final class Half {
        private final byte[] secret = new byte[X25519.SCALAR_SIZE];
        private final String publicHalf;

        private Half() {
            X25519.generatePrivateKey(RANDOM, secret);
            byte[] point = new byte[PUBLIC_BYTES];
            X25519.generatePublicKey(secret, 0, point, 0);
            publicHalf = Base64.getEncoder().encodeToString(point);
        }

        /** Base64, to be told the other end. */
        public String publicHalf() {
            return publicHalf;
        }

        /** The node's end of it; empty if what the broker told is no public half. */
        public Optional<SessionSecret> withBroker(String brokersHalf, String token) {
            return agree(brokersHalf, token, publicHalf, brokersHalf);
        }

        /** The broker's end of it; empty if what the node told is no public half. */
        public Optional<SessionSecret> withNode(String nodesHalf, String token) {
            return agree(nodesHalf, token, nodesHalf, publicHalf);
        }

        private Optional<SessionSecret> agree(String others, String token, String nodesHalf, String brokersHalf) {
            byte[] point = decoded(others);
            byte[] shared = new byte[PUBLIC_BYTES];
            // A point of small order gives the same secret to everybody.
            if (point.length != PUBLIC_BYTES || !X25519.calculateAgreement(secret, 0, point, 0, shared, 0)) {
                return Optional.empty();
            }
            String context = String.join("\n", AGREEMENT_LINE, token, nodesHalf, brokersHalf, "");
            return Optional.of(new SessionSecret(hmac(new SecretKeySpec(shared, HMAC), context)));
        }

        private static byte[] decoded(String base64) {
            try {
                return Base64.getDecoder().decode(base64);
            } catch (IllegalArgumentException notBase64) {
                return new byte[0];
            }
        }
    }

    /** Whether it looks like one; some of small order do and yet give no secret. */
    public static boolean isPublicHalf(String base64) {
        return Half.decoded(base64).length == PUBLIC_BYTES;
    }

    /** Makes a key pair. */
    public static Half half() {
        return new Half();
    }

    /** Seals a request that is about to be sent. */
    public SealedRequest seal(String token, long number, String method, String pathAndQuery, byte[] body) {
        byte[] seal = hmac(key, message(token, number, method, pathAndQuery, body));
        return new SealedRequest(token, number, Base64.getEncoder().encodeToString(seal));
    }

    /** Whether whoever sent this request knows the secret, and sealed just this. */
    public boolean fits(SealedRequest sealed, String method, String pathAndQuery, byte[] body) {
        byte[] expected = hmac(key, message(sealed.token(), sealed.number(), method, pathAndQuery, body));
        return MessageDigest.isEqual(expected, Half.decoded(sealed.seal()));
    }

    private static String message(String token, long number, String method, String pathAndQuery, byte[] body) {
        return String.join(
                "\n", REQUEST_LINE, method, pathAndQuery, Digest.of(body), token, String.valueOf(number), "");
    }

    /** The seal of the answer to a sealed request, base64. */
    public String sealOfAnswer(SealedRequest request, int status, byte[] body) {
        return Base64.getEncoder().encodeToString(hmac(key, answer(request, status, body)));
    }

    /** Whether whoever answered this request so knows the secret. */
    public boolean fitsAnswer(SealedRequest request, int status, byte[] body, String seal) {
        return MessageDigest.isEqual(hmac(key, answer(request, status, body)), Half.decoded(seal));
    }

    private static String answer(SealedRequest request, int status, byte[] body) {
        return String.join(
                "\n",
                ANSWER_LINE,
                request.token(),
                String.valueOf(request.number()),
                String.valueOf(status),
                Digest.of(body),
                "");
    }

    private static byte[] hmac(SecretKeySpec key, String message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java has " + HMAC, impossible);
        }
    }
}
