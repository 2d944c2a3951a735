package io.sandrun.protocol.identity;

import io.sandrun.protocol.BrokerException;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Session;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * By what a node shows the broker who it is: its key, and the session that the broker opened for it. Thread-safe.
 */
public final class NodeCredentials {
    /** The scheme of the header {@code Authorization} of requests within a session. */
    public static final String SESSION_SCHEME = "Sandrun-Session";

    private final NodeKey key;
    private final Clock clock;
    private volatile @Nullable String session;
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

    /** The header of every other request; empty without a session. */
    public Optional<String> session() {
        return Optional.ofNullable(session).map(token -> SESSION_SCHEME + " " + token);
    }

    /** Uses this session from now on; null is none. */
    public void enter(@Nullable Session opened) {
        session = opened == null ? null : opened.token();
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
