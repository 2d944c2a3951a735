package io.sandrun.protocol.identity;

import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Session;
import java.time.Clock;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * By what a node shows the broker who it is: its key, and the session that the broker opened for it. Thread-safe.
 */
public final class NodeCredentials {
    /** The scheme of the header {@code Authorization} of requests within a session without a secret. */
    public static final String SESSION_SCHEME = "Sandrun-Session";

    /** As many as a broker keeps of a node. */
    private static final int SESSIONS = 4;

    private final NodeKey key;
    private final Clock clock;
    private volatile @Nullable InSession session;

    /** The present session and those before, in which requests may be under way yet. */
    private final Deque<InSession> sessions = new ConcurrentLinkedDeque<>();

    private volatile long offsetMs;

    /** @param clock for the times that are signed */
    public NodeCredentials(NodeKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
    }

    public NodeKey key() {
        return key;
    }

    /** The header of a request that is signed by itself. */
    public String signed(String method, String pathAndQuery, byte[] body) {
        return RequestSignature.sign(key, method, pathAndQuery, body, clock.millis() + offsetMs)
                .header();
    }

    /**
     * The header of every other request; empty without a session. For one request only, which may be sent once.
     *
     * @param body empty for one that is streamed, whose SHA-256 is in the path
     */
    public Optional<String> inSession(String method, String pathAndQuery, byte[] body) {
        return Optional.ofNullable(session).map(now -> now.header(method, pathAndQuery, body));
    }

    /** @param secret null where the broker told no half of one: then the token is all that is shown */
    private record InSession(String token, @Nullable SessionSecret secret, AtomicLong number) {
        String header(String method, String pathAndQuery, byte[] body) {
            return secret == null
                    ? SESSION_SCHEME + " " + token
                    : secret.seal(token, number.incrementAndGet(), method, pathAndQuery, body)
                            .header();
        }
    }

    /**
     * Whether an answer is, as it stands, that of the broker with which the request's session was agreed.
     *
     * @param authorization that header of the request
     * @param seal of the answer, or null
     * @return true also where the request was in no session with a secret, so that nothing can be told
     */
    public boolean vouchesFor(String authorization, int status, byte[] body, @Nullable String seal) {
        return SealedRequest.parse(authorization)
                .map(request -> seal != null
                        && sessions.stream()
                                .filter(one -> one.token.equals(request.token()))
                                .anyMatch(one ->
                                        one.secret != null && one.secret.fitsAnswer(request, status, body, seal)))
                .orElse(true);
    }

    /**
     * Uses this session from now on; null is none.
     *
     * @param half whose public half was told when it was asked for
     */
    public synchronized void enter(@Nullable Session opened, SessionSecret.Half half) {
        InSession entered = opened == null
                ? null
                : new InSession(
                        opened.token(),
                        Optional.ofNullable(opened.key())
                                .flatMap(key -> half.withBroker(key, opened.token()))
                                .orElse(null),
                        new AtomicLong());
        if (entered != null) {
            sessions.addFirst(entered);
        }
        while (sessions.size() > SESSIONS) {
            sessions.removeLast();
        }
        session = entered;
    }

    /**
     * Signs by the broker's clock from now on, if that is why it refused and its clock is near enough to ours: nobody
     * can make us sign for a day to come.
     *
     * @return whether to try again
     */
    public boolean follow(BrokerException refused) {
        if (!refused.is(ErrorCode.CLOCK_OFF)
                || !(refused.body().details().get("broker_time_ms") instanceof Number brokerTimeMs)) {
            return false;
        }
        long newOffsetMs = brokerTimeMs.longValue() - clock.millis();
        if (Math.abs(newOffsetMs) > RequestSignature.AGE_MS_MAX) {
            return false;
        }
        offsetMs = newOffsetMs;
        return true;
    }
}
