package io.sandrun.broker.trust;

import io.sandrun.protocol.NodeMessages.Session;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The sessions of nodes that showed by their key who they are, so that not each request costs a signature. In memory
 * only, and only as hashes of their tokens: nothing that is read there can be used. Thread-safe; finding one is a
 * look-up.
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

    private record Opened(String tokenHash, String nodeId, long endsAtMs) {}

    public NodeSessions(Clock clock) {
        this.clock = clock;
    }

    /** Opens a session; the oldest of the node ends if it has too many. */
    public Session open(String nodeId) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Opened opened = new Opened(hash(token), nodeId, clock.millis() + LIFETIME.toMillis());
        keep(opened);
        return new Session(token, LIFETIME.toMillis() / 1000.0);
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

    /** The node whose session this token opens; empty if there is none, or it is over. */
    public Optional<String> nodeOf(String token) {
        Opened opened = byTokenHash.get(hash(token));
        return opened == null || opened.endsAtMs <= clock.millis() ? Optional.empty() : Optional.of(opened.nodeId);
    }

    private static String hash(String token) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
