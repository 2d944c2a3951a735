package io.sandrun.broker.trust;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Session;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.SealedRequest;
import io.sandrun.protocol.identity.SessionSecret;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of nodes that showed by their key who they are, so that not each request costs a signature. In memory
 * only; of a token only the hash is kept. One with a secret takes each of its requests once, whoever sends it, and its
 * token alone is worth nothing. Thread-safe; finding one is a look-up.
 */
public final class NodeSessions {
    /** How long a session lasts: a token that leaked is soon worth nothing, and a renewal is one call in a while. */
    public static final Duration LIFETIME = Duration.ofMinutes(15);

    /** Of one node at once: the present one, and those that calls still under way were sent with. */
    private static final int SESSIONS_PER_NODE = 4;

    private static final int TOKEN_BYTES = 32;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Opened> byTokenHash = new ConcurrentHashMap<>();

    /** In the order in which they were opened, which is that in which they end. */
    private final Set<Opened> inOrder = new LinkedHashSet<>();

    private final Map<String, Deque<Opened>> byNode = new HashMap<>();

    /** @param seals null for a session by its token alone */
    private record Opened(
            String tokenHash,
            String nodeId,
            long endsAtMs,
            @Nullable Seals seals) {}

    /** What is known of the requests of a session with a secret. */
    private record Seals(SessionSecret secret, SeenNumbers seen) {}

    public NodeSessions(Clock clock) {
        this.clock = clock;
    }

    /**
     * Opens a session; the oldest of the node ends if it has too many.
     *
     * @param nodesHalf the node's half of its secret, base64; empty for a session by its token alone
     * @throws Refusal if that is no such half
     */
    public Session open(String nodeId, Optional<String> nodesHalf) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        long endsAtMs = clock.millis() + LIFETIME.toMillis();
        double seconds = LIFETIME.toMillis() / 1000.0;
        if (nodesHalf.isEmpty()) {
            keep(new Opened(Digest.ofText(token), nodeId, endsAtMs, null));
            return new Session(token, seconds, null);
        }
        SessionSecret.Half half = SessionSecret.half();
        SessionSecret secret = agree(half, nodesHalf.get(), token);
        keep(new Opened(Digest.ofText(token), nodeId, endsAtMs, new Seals(secret, new SeenNumbers())));
        return new Session(token, seconds, half.publicHalf());
    }

    private static SessionSecret agree(SessionSecret.Half half, String nodesHalf, String token) {
        return half.withNode(nodesHalf, token)
                .orElseThrow(() -> Refusal.invalidField("session_key", "a public key from which a secret follows"));
    }

    private synchronized void keep(Opened opened) {
        endThoseThatAreOver();
        byTokenHash.put(opened.tokenHash, opened);
        inOrder.add(opened);
        Deque<Opened> ofNode = byNode.computeIfAbsent(opened.nodeId, id -> new ArrayDeque<>());
        ofNode.addLast(opened);
        if (ofNode.size() > SESSIONS_PER_NODE) {
            Opened oldest = ofNode.removeFirst();
            inOrder.remove(oldest);
            byTokenHash.remove(oldest.tokenHash);
        }
    }

    private void endThoseThatAreOver() {
        long nowMs = clock.millis();
        for (Iterator<Opened> oldest = inOrder.iterator(); oldest.hasNext(); ) {
            Opened opened = oldest.next();
            if (opened.endsAtMs > nowMs) {
                return;
            }
            oldest.remove();
            byTokenHash.remove(opened.tokenHash);
            Deque<Opened> ofNode = byNode.get(opened.nodeId);
            if (ofNode != null && ofNode.remove(opened) && ofNode.isEmpty()) {
                byNode.remove(opened.nodeId);
            }
        }
    }

    /** Ends all sessions of a node. */
    public synchronized void end(String nodeId) {
        Deque<Opened> ofNode = byNode.remove(nodeId);
        if (ofNode != null) {
            ofNode.forEach(opened -> byTokenHash.remove(opened.tokenHash));
            inOrder.removeAll(ofNode);
        }
    }

    /**
     * The node in whose session a request is that shows nothing but the token.
     *
     * @throws Refusal if there is no such session, it is over, or its requests must be sealed
     */
    public String nodeOf(String token) {
        Opened opened = present(token);
        if (opened.seals != null) {
            throw new Refusal(
                    ErrorCode.SIGNATURE_REQUIRED,
                    "This session has a secret: its token says nothing without the seal of " + SealedRequest.SCHEME
                            + ".");
        }
        return opened.nodeId;
    }

    /**
     * Who sent a sealed request: the node in whose session it is.
     *
     * @throws Refusal if there is no such session, it is over, the seal does not fit, or this request came before
     */
    public Caller caller(SealedRequest sealed, String method, String pathAndQuery, byte[] body) {
        Opened opened = present(sealed.token());
        Seals seals = opened.seals;
        if (seals == null || !seals.secret.fits(sealed, method, pathAndQuery, body)) {
            throw new Refusal(
                    ErrorCode.SIGNATURE_INVALID,
                    "The seal is not of this session's secret on this request: another made it, or verb, path, body or "
                            + "number were changed.");
        }
        if (!seals.seen.isFirst(sealed.number())) {
            throw new Refusal(
                    ErrorCode.REQUEST_REPLAYED, "This very request came before: give each one the next number.");
        }
        return new Caller(null, opened.nodeId, (status, answer) -> seals.secret.sealOfAnswer(sealed, status, answer));
    }

    private Opened present(String token) {
        Opened opened = byTokenHash.get(Digest.ofText(token));
        if (opened == null || opened.endsAtMs <= clock.millis()) {
            throw new Refusal(
                    ErrorCode.SESSION_EXPIRED,
                    "This session is over, or of a broker that was started anew: ask for another with a signed "
                            + "POST /session.");
        }
        return opened;
    }
}
