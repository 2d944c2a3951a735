package io.sandrun.broker.trust;

import io.sandrun.broker.Refusal;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.node.NodeRegistry;
import io.sandrun.broker.pool.Pool;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.NodeMessages.Registered;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.RequestSignature;
import io.sandrun.protocol.identity.SealedRequest;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request in a node's name pass only if it is that node's.
 *
 * <p>Theory of operation: a node that has a key signs its registration, and is given a session, by whose token its
 * other requests are known; it may as well sign each of them. A node without a key is one of the older ones: nothing
 * tells it from another, so it is served only where the operator says so. A trusted pool looks at the key first: one
 * that is not on its list is refused before anything is checked or remembered of it. Thread-safe.
 */
public final class NodeGate {
    private final NodeRegistry registry;
    private final NodeSessions sessions;
    private final SeenRequests seen;
    private final Clock clock;
    private final boolean allowUnsigned;
    private final Pool pool;

    /** @param allowUnsigned whether nodes without a key are served */
    public NodeGate(NodeRegistry registry, NodeSessions sessions, Clock clock, boolean allowUnsigned, Pool pool) {
        this.registry = registry;
        this.sessions = sessions;
        this.seen = new SeenRequests(SeenRequests.REMEMBERED, clock.millis());
        this.clock = clock;
        this.allowUnsigned = allowUnsigned;
        this.pool = pool;
    }

    /**
     * Who sent a request.
     *
     * @param authorization the header of this name, or null
     * @param pathAndQuery as it was sent
     * @param body asked for only if the request is signed by itself
     * @throws Refusal for a session that is over, and a signature that does not fit, is too old or was used before
     */
    public Caller identify(@Nullable String authorization, String method, String pathAndQuery, Supplier<byte[]> body) {
        if (authorization == null) {
            return Caller.UNKNOWN;
        }
        if (authorization.startsWith(NodeCredentials.SESSION_SCHEME + " ")) {
            String token = authorization
                    .substring(NodeCredentials.SESSION_SCHEME.length() + 1)
                    .strip();
            return new Caller(null, sessions.nodeOf(token), null);
        }
        if (authorization.startsWith(SealedRequest.SCHEME)) {
            SealedRequest sealed = SealedRequest.parse(authorization)
                    .orElseThrow(() -> new Refusal(
                            ErrorCode.SIGNATURE_INVALID,
                            "The header Authorization must be: " + SealedRequest.SCHEME
                                    + " token=..., number=..., seal=..."));
            return sessions.caller(sealed, method, pathAndQuery, body.get());
        }
        if (!authorization.startsWith(RequestSignature.SCHEME)) {
            return Caller.UNKNOWN;
        }
        RequestSignature signature = RequestSignature.parse(authorization)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.SIGNATURE_INVALID,
                        "The header Authorization must be: " + RequestSignature.SCHEME
                                + " worker_id=..., time_ms=..., nonce=..., signature=..."));
        requireListed(signature.workerId());
        checkAge(signature);
        if (!signature.fits(method, pathAndQuery, body.get())) {
            throw new Refusal(
                    ErrorCode.SIGNATURE_INVALID,
                    "The signature is not that of this worker id on this request: another key signed it, or its verb, "
                            + "path, body, time or nonce was changed.");
        }
        long expiredMs = clock.millis() - RequestSignature.AGE_MS_MAX;
        if (!seen.isFirst(signature.workerId(), signature.timeMs(), signature.nonce(), expiredMs)) {
            throw new Refusal(
                    ErrorCode.REQUEST_REPLAYED, "This very request came before: sign each one anew, with a new nonce.");
        }
        return new Caller(signature.workerId(), null, null);
    }

    private void checkAge(RequestSignature signature) {
        long nowMs = clock.millis();
        long ageMs = nowMs - signature.timeMs();
        String fault = ageMs > RequestSignature.AGE_MS_MAX
                ? "ago, and %d are allowed: set the node's clock".formatted(RequestSignature.AGE_MS_MAX / 1000)
                : -ageMs > RequestSignature.AHEAD_MS_MAX
                        ? "ahead of time: set the node's clock, or sign by the time in details.broker_time_ms"
                        : signature.timeMs() <= seen.floorMs()
                                ? "ago, and of that time this broker cannot tell repeated requests: sign it anew"
                                : null;
        if (fault != null) {
            throw new Refusal(
                    ErrorCode.CLOCK_OFF,
                    "By this broker's clock the request was signed %.1f seconds %s."
                            .formatted(Math.abs(ageMs) / 1000.0, fault),
                    Map.of("off_seconds", -ageMs / 1000.0, "broker_time_ms", nowMs));
        }
    }

    /**
     * Whether a registration may be taken.
     *
     * @param workerId the key that it names, or null
     * @throws Refusal unless that key signed it
     */
    public void admitRegistration(Caller caller, @Nullable String workerId) {
        if (workerId == null && caller.isUnknown() && allowUnsigned) {
            return;
        }
        if (caller.workerId() == null) {
            throw new Refusal(
                    ErrorCode.SIGNATURE_REQUIRED,
                    workerId == null
                            ? "This broker serves nodes that have a key: name it as worker_id and sign the request, "
                                    + "or start the broker with --allow-unsigned-nodes."
                            : "A registration must be signed by the key that it names as worker_id.");
        }
        if (!caller.workerId().equals(workerId)) {
            throw wrongNode("The registration was signed by another key than the worker_id that it names.");
        }
    }

    /**
     * Lets a request in a node's name pass.
     *
     * @throws Refusal if there is no such node, or the request is not that node's
     */
    public Node admit(Caller caller, String nodeId) {
        Node node = registry.require(nodeId);
        String workerId = node.workerId();
        if (caller.isUnknown()) {
            if (workerId != null) {
                throw new Refusal(
                        ErrorCode.SIGNATURE_REQUIRED,
                        "This node has a key: send the token of its session, or sign the request.",
                        Map.of("node_id", nodeId));
            }
            requireUnsignedAllowed();
            return node;
        }
        boolean isItself =
                caller.nodeId() != null ? caller.nodeId().equals(nodeId) : Objects.equals(caller.workerId(), workerId);
        if (!isItself) {
            throw wrongNode("The request is in the name of a node that did not send it.");
        }
        requireListed(workerId);
        return node;
    }

    private void requireListed(@Nullable String workerId) {
        if (!pool.admits(workerId)) {
            throw new Refusal(
                    ErrorCode.WORKER_NOT_LISTED,
                    "This pool takes the workers of its list only, and this key is not on it: have the worker id added "
                            + "to the pool's workers file, which is read again without a restart.",
                    workerId == null ? Map.of() : Map.of("worker_id", workerId));
        }
    }

    private void requireUnsignedAllowed() {
        if (!allowUnsigned) {
            throw new Refusal(
                    ErrorCode.SIGNATURE_REQUIRED,
                    "This broker serves nodes that have a key: register with worker_id and a signature, or start the "
                            + "broker with --allow-unsigned-nodes.");
        }
    }

    /**
     * Whether another session may be opened for a node: only its key may ask.
     *
     * @throws Refusal otherwise
     */
    public Node admitRenewal(Caller caller, String nodeId) {
        if (caller.workerId() == null) {
            throw new Refusal(
                    ErrorCode.SIGNATURE_REQUIRED, "A session is opened by a request that the node's key has signed.");
        }
        return admit(caller, nodeId);
    }

    /**
     * The standing of a node that was admitted, with a session if it has a key.
     *
     * @param sessionKey its half of the session's secret
     * @throws Refusal if that is no such half
     */
    public Registered entered(Registered standing, Optional<String> sessionKey) {
        String nodeId = standing.nodeId();
        return registry.require(nodeId).workerId() == null
                ? standing
                : new Registered(nodeId, standing.heartbeatSeconds(), sessions.open(nodeId, sessionKey));
    }

    private static Refusal wrongNode(String sentence) {
        return new Refusal(ErrorCode.WRONG_NODE, sentence);
    }
}
