package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.JsonFields;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.node.Node;
import io.sandrun.broker.trust.AnswerSeal;
import io.sandrun.broker.trust.Caller;
import io.sandrun.broker.trust.NodeGate;
import io.sandrun.protocol.identity.NodeCredentials;
import io.sandrun.protocol.identity.RequestSignature;
import io.sandrun.protocol.identity.SealedRequest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads from requests which node sent them. Thread-safe. */
final class NodeCallers {
    /** What the header {@code WWW-Authenticate} of a refusal offers. */
    static final String SCHEMES =
            String.join(", ", RequestSignature.SCHEME, SealedRequest.SCHEME, NodeCredentials.SESSION_SCHEME);

    private static final String HEADER = "Authorization";
    private static final String ANSWER_SEAL = "sandrun-answer-seal";
    private static final byte[] NOTHING = {};

    private final NodeGate gate;
    private final AccessCheck access;

    NodeCallers(NodeGate gate, AccessCheck access) {
        this.gate = gate;
        this.access = access;
    }

    AccessCheck access() {
        return access;
    }

    /** Does what a node may be refused, and counts that. */
    private <T> T counted(Context request, Supplier<T> gated) {
        try {
            return gated.get();
        } catch (Refusal refused) {
            access.refused(refused, ClientAddress.of(request));
            throw refused;
        }
    }

    NodeGate gate() {
        return gate;
    }

    /** What a node says, and whether it is the node that says it. */
    record Said(JsonFields fields, Caller caller) {}

    /**
     * Reads the body and who sent it.
     *
     * @throws io.sandrun.broker.Refusal for what is no JSON object, or says falsely who sent it
     */
    Said read(Context request) {
        byte[] body = RequestReader.jsonBody(request);
        Caller caller = counted(request, () -> identify(request, () -> body));
        return new Said(JsonFields.parse(body), caller);
    }

    /**
     * Lets a request pass that is the node's own and has no body, or streams it: the SHA-256 of such a body is in the
     * path, which is sealed.
     *
     * @throws io.sandrun.broker.Refusal if there is no such node, or it is not the node that asks
     */
    Node admit(Context request, String nodeId) {
        return admit(request, nodeId, NOTHING);
    }

    /** Likewise with a body that was read. */
    Node admit(Context request, String nodeId, byte[] body) {
        return counted(request, () -> gate.admit(identify(request, () -> body), nodeId));
    }

    /**
     * Likewise one that says in its body whose it is.
     *
     * @throws io.sandrun.broker.Refusal if there is no such node, or it is not the node that asks
     */
    Node admit(Context request, Said said, String nodeId) {
        return counted(request, () -> gate.admit(said.caller(), nodeId));
    }

    /**
     * Lets a registration pass.
     *
     * @param workerId the key that it names, or null
     * @throws io.sandrun.broker.Refusal unless that key signed it
     */
    void admitRegistration(Context request, Said said, @Nullable String workerId) {
        counted(request, () -> {
            gate.admitRegistration(said.caller(), workerId);
            return said;
        });
    }

    /**
     * Lets a request for another session pass.
     *
     * @throws io.sandrun.broker.Refusal unless the node's key signed it
     */
    Node admitRenewal(Context request, Said said, String nodeId) {
        return counted(request, () -> gate.admitRenewal(said.caller(), nodeId));
    }

    /** Seals what is answered to a request in a node's session, so that nobody changes it on its way. */
    static void seal(Context request, int status, byte[] body) {
        AnswerSeal seal = request.attribute(ANSWER_SEAL);
        if (seal != null) {
            request.header(SealedRequest.ANSWER_HEADER, seal.of(status, body));
        }
    }

    private Caller identify(Context request, Supplier<byte[]> body) {
        String query = request.req().getQueryString();
        String path = request.req().getRequestURI() + (query == null ? "" : "?" + query);
        Caller caller = gate.identify(request.header(HEADER), request.req().getMethod(), path, body);
        request.attribute(ANSWER_SEAL, caller.answerSeal());
        return caller;
    }
}
