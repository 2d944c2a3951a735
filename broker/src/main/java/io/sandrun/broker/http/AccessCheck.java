package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.security.RouteRole;
import io.javalin.websocket.WsContext;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.access.AccessGate;
import io.sandrun.broker.access.JobOwners;
import io.sandrun.broker.access.OpenCalls;
import io.sandrun.broker.access.Principal;
import io.sandrun.broker.audit.AuditLog;
import io.sandrun.broker.http.flow.Wire;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.Role;
import io.sandrun.protocol.identity.ApiKey;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one place where it is decided who may use a route, before anything reads a body. Also knows on whose behalf each
 * request is served from then on. Thread-safe.
 */
final class AccessCheck {
    /** What the header {@code WWW-Authenticate} of a refusal offers. */
    static final String SCHEME = "Bearer realm=\"sandrun\"";

    /** What a browser, which sets no headers on a WebSocket, names before the key; it is what we choose of the two. */
    static final String SOCKET_PROTOCOL = "sandrun";

    /** The close code of a WebSocket whose key has ended; those from 4000 on are an application's own. */
    private static final int SOCKET_KEY_ENDED = 4001;

    private static final String BEARER = "bearer ";
    private static final String PROTOCOLS = "Sec-WebSocket-Protocol";
    private static final String PRINCIPAL = "sandrun-principal";

    /** Names under which other services take keys in addresses. */
    private static final Set<String> KEY_PARAMETERS =
            Set.of("api_key", "apikey", "api-key", "access_token", "x-api-key");

    /** By which proxies tell that a request is somebody else's. Enough to be trusted less, and never more. */
    private static final List<String> OF_PROXIES = List.of("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via");

    private final AccessGate gate;
    private final JobOwners owners;
    private final OpenCalls calls;
    private final AuditLog audit;

    AccessCheck(AccessGate gate, JobOwners owners, OpenCalls calls, AuditLog audit) {
        this.audit = audit;
        this.gate = gate;
        this.owners = owners;
        this.calls = calls;
    }

    /**
     * Before any route is looked for.
     *
     * @throws Refusal for a key in the address
     */
    void checkAddress(Context request) {
        String query = request.req().getQueryString();
        boolean isNamed = request.queryParamMap().keySet().stream()
                .anyMatch(name -> KEY_PARAMETERS.contains(name.toLowerCase(Locale.ROOT)));
        if (isNamed || hasKey(request.req().getRequestURI()) || (query != null && hasKey(query))) {
            throw new Refusal(
                    ErrorCode.KEY_IN_URL,
                    "An API key does not belong into an address, which logs and histories keep: send it in the header "
                            + ApiKey.HEADER + ". Revoke this one (`sandrun key revoke ID`).");
        }
    }

    private static boolean hasKey(String part) {
        return ApiKey.isIn(part) || (part.indexOf('%') >= 0 && ApiKey.isIn(decoded(part)));
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return part;
        }
    }

    /**
     * Before the handler of a route. A route that says nothing about who may use it serves nobody.
     *
     * @throws Refusal unless the request may pass
     */
    void check(Context request) {
        for (RouteRole declared : request.routeRoles()) {
            if (declared == Access.OPEN) {
                return;
            }
            if (declared instanceof Access access && access.needed() != null) {
                Principal caller = admit(request, access.needed());
                if (access.isOfJob()) {
                    owners.require(caller, request.pathParam("id"));
                }
                request.attribute(PRINCIPAL, caller);
                return;
            }
        }
        if (request.method().equals(HandlerType.HEAD)) {
            // Javalin takes a path that can be read for one that has this verb, too, without a handler or a role.
            throw new Refusal(ErrorCode.METHOD_NOT_ALLOWED, Errors.NOT_THIS_VERB);
        }
        throw new IllegalStateException(request.req().getMethod() + " " + request.path() + " names no role");
    }

    private Principal admit(Context request, Role needed) {
        String address = request.req().getRemoteAddr();
        String client = ClientAddress.of(address);
        try {
            return gate.admit(
                    shown(request).orElse(null),
                    client,
                    isFromHere(request, address),
                    needed,
                    request.req().getMethod() + " of this path");
        } catch (Refusal refused) {
            refused(refused, client);
            throw refused;
        }
    }

    private static boolean isFromHere(Context request, String address) {
        return ClientAddress.isThisMachine(address)
                && OF_PROXIES.stream().allMatch(name -> request.header(name) == null);
    }

    /** Writes down what a caller did. */
    void did(String event, Principal caller, Map<String, ?> facts) {
        audit.did(event, caller.client(), facts);
    }

    void did(String event, Context request, Map<String, ?> facts) {
        did(event, principal(request), facts);
    }

    /** @throws Refusal if the job is none that this caller may know of */
    void requireJob(Principal caller, String jobId) {
        owners.require(caller, jobId);
    }

    /** Counts why a caller was not served. */
    void refused(Refusal refusal, String by) {
        audit.refused(refusal.code().wire(), by);
    }

    /** The key that a request carries. Two that differ are refused: who would know which is meant? */
    private static Optional<ApiKey> shown(Context request) {
        String authorization = request.header("Authorization");
        String bearer =
                authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
                        ? authorization.substring(BEARER.length()).strip()
                        : null;
        String header = request.header(ApiKey.HEADER);
        String ofSocket = ofSocket(request.header(PROTOCOLS));
        List<String> given = Arrays.asList(bearer, header, ofSocket).stream()
                .filter(text -> text != null)
                .map(String::strip)
                .distinct()
                .toList();
        if (given.size() > 1) {
            throw new Refusal(ErrorCode.KEY_INVALID, "The request carries two different API keys: send one.");
        }
        return given.stream().findFirst().map(AccessCheck::parsed);
    }

    private static ApiKey parsed(String text) {
        return ApiKey.parse(text)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.KEY_INVALID,
                        "What the request shows is no API key: it is written sandrun_ID_SECRET, as it was told when it "
                                + "was made."));
    }

    private static @Nullable String ofSocket(@Nullable String protocols) {
        if (protocols == null) {
            return null;
        }
        List<String> named =
                Arrays.stream(protocols.split(",")).map(String::strip).toList();
        return named.stream().filter(ApiKey::isIn).findFirst().orElse(null);
    }

    /** The first protocol that is named is the one that is answered, and a key must not be. */
    void checkSocket(Context request) {
        String protocols = request.header(PROTOCOLS);
        if (protocols != null && ApiKey.isIn(protocols.split(",", 2)[0])) {
            request.res().setHeader(PROTOCOLS, null);
            throw new Refusal(
                    ErrorCode.KEY_INVALID,
                    "Name the protocol \"" + SOCKET_PROTOCOL + "\" first, and the API key after it.");
        }
        check(request);
    }

    /** On whose behalf a request is served that was let in. */
    static Principal principal(Context request) {
        return require(request.attribute(PRINCIPAL));
    }

    /** Likewise; empty where everybody is let in. */
    static Optional<Principal> principalIfAny(Context request) {
        return Optional.ofNullable(request.attribute(PRINCIPAL));
    }

    /** What is answered to a request that waits when its key ends. */
    static Refusal keyEnded() {
        return new Refusal(
                ErrorCode.KEY_ENDED,
                "The API key of this request has ended, or this broker now asks for one: ask whoever runs it.");
    }

    private static Principal require(@Nullable Principal admitted) {
        if (admitted == null) {
            throw new IllegalStateException("nobody was let in here");
        }
        return admitted;
    }

    /** Something that goes on after the request was read: to be closed when it is over. */
    OpenCalls.Call open(Principal caller, Runnable end) {
        return calls.open(caller, end);
    }

    /** Likewise for an answer that is written for a while: its connection is cut when the key ends. */
    OpenCalls.Call openAnswer(Context request) {
        return open(principal(request), () -> Wire.cutOff(request));
    }

    /** Likewise for a WebSocket, which is closed then. */
    OpenCalls.Call openSocket(WsContext socket) {
        Principal caller = require(socket.attribute(PRINCIPAL));
        return open(caller, () -> socket.closeSession(SOCKET_KEY_ENDED, "the API key has ended"));
    }

    /** @throws Refusal if the key has ended while the request was read */
    void requireLive(Principal caller) {
        gate.requireLive(caller);
    }
}
