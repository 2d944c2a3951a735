package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.sandrun.broker.OwnNames;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages that a user visits from using the broker behind the user's back. A browser names the page's origin in
 * {@code Origin} when a page sends something or wants to read the answer; where a page embeds without asking, it says
 * in {@code Sec-Fetch-Site} that the page is another's; a page that had its own name pointed at our address (DNS
 * rebinding) betrays itself by {@code Host}. Programs that are no browsers send none of the first two and are not
 * concerned. Thread-safe.
 */
final class OriginGuard {
    /** An address, which unlike a name cannot be pointed anywhere else. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*");

    private static final String ANY = "*";
    private static final String PREFLIGHT_MAX_AGE_SECONDS = "600";

    private static final String METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

    /** Headers beyond the harmless ones that a page may send. */
    private static final String SENT = "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, "
            + "Last-Event-ID, MCP-Protocol-Version, Mcp-Session-Id, Range, X-API-Key";

    /** Headers beyond the harmless ones that a page may read. */
    private static final String READABLE = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Log-Bytes, "
            + "Mcp-Session-Id, Next-Offset, Retry-After, WWW-Authenticate";

    private final Set<String> hosts;
    private final Set<String> origins;
    private final boolean anyAddress;

    /**
     * @param bindHost where the broker listens
     * @param certified names that its certificate has, if its owner gave it one
     * @param corsOrigins origins beside those on loopback, or {@code *}
     */
    OriginGuard(String bindHost, Set<String> certified, List<String> corsOrigins) {
        this.origins = Set.copyOf(corsOrigins);
        this.hosts = new HashSet<>(OwnNames.of(bindHost));
        this.anyAddress = !OwnNames.isLoopback(bindHost.toLowerCase(Locale.ROOT));
        hosts.addAll(certified);
        corsOrigins.forEach(origin -> hostOf(origin).ifPresent(hosts::add));
    }

    /** Whether pages of every origin may call. */
    boolean isOpen() {
        return origins.contains(ANY);
    }

    /**
     * Lets a request pass, with the headers that let the page read the answer.
     *
     * @throws Refusal for a foreign origin or host
     */
    void check(Context request) {
        String host = request.header("Host");
        String origin = request.header("Origin");
        request.header("Vary", "Origin");
        if (host != null && !isOwnHost(hostName(host))) {
            throw new Refusal(
                    ErrorCode.ORIGIN_REFUSED,
                    "This broker is not known by the host name in the request; use its address, or start it with "
                            + "--cors-origin for this name.");
        }
        if (origin == null) {
            refuseEmbedding(request);
            return;
        }
        String reader = reader(host, origin)
                .orElseThrow(() -> new Refusal(
                        ErrorCode.ORIGIN_REFUSED,
                        "Web pages of this origin may not use this broker; its owner can allow it with "
                                + "--cors-origin."));
        request.header("Access-Control-Allow-Origin", reader);
        request.header("Access-Control-Expose-Headers", READABLE);
    }

    /** A link to us is followed wherever it stands; anything else that another's page does without asking is not. */
    private void refuseEmbedding(Context request) {
        boolean isLink = "navigate".equals(request.header("Sec-Fetch-Mode"))
                && request.method().equals(HandlerType.GET);
        if ("cross-site".equals(request.header("Sec-Fetch-Site")) && !isLink && !isOpen()) {
            throw new Refusal(
                    ErrorCode.ORIGIN_REFUSED, "Web pages of other sites may link to this broker and not embed it.");
        }
    }

    /** Whom an answer to that origin may be read by; empty if not by its pages. */
    Optional<String> reader(@Nullable String host, @Nullable String origin) {
        if (origin == null || (host != null && !isOwnHost(hostName(host)))) {
            return Optional.empty();
        }
        return isOpen() ? Optional.of(ANY) : Optional.of(origin).filter(page -> isAllowed(page, host));
    }

    /** Answers a browser that asks before it sends; who asks has passed {@link #check}. */
    static void answerPreflight(Context request) {
        request.header("Access-Control-Allow-Methods", METHODS);
        request.header("Access-Control-Allow-Headers", SENT);
        request.header("Access-Control-Max-Age", PREFLIGHT_MAX_AGE_SECONDS);
        if ("true".equals(request.header("Access-Control-Request-Private-Network"))) {
            request.header("Access-Control-Allow-Private-Network", "true");
        }
        request.status(204);
    }

    private boolean isAllowed(String origin, @Nullable String host) {
        if (origins.contains(origin)) {
            return true;
        }
        // The broker's own page, wherever it was reached; the host has been found to be ours.
        return hostOf(origin).filter(OwnNames::isLoopback).isPresent()
                || origin.equals("http://" + host)
                || origin.equals("https://" + host);
    }

    private boolean isOwnHost(String host) {
        return OwnNames.isLoopback(host)
                || hosts.contains(host)
                || (anyAddress && ADDRESS.matcher(host).matches());
    }

    /** The host of a header {@code name:port} or {@code [address]:port}; a dot at the end of a name says nothing. */
    private static String hostName(String header) {
        String lower = header.strip().toLowerCase(Locale.ROOT);
        if (lower.startsWith("[")) {
            int end = lower.indexOf(']');
            return end < 0 ? lower : lower.substring(1, end);
        }
        int colon = lower.indexOf(':');
        String name = colon < 0 ? lower : lower.substring(0, colon);
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static Optional<String> hostOf(String origin) {
        try {
            URI uri = URI.create(origin);
            boolean isWeb = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return isWeb ? Optional.ofNullable(uri.getHost()).map(OriginGuard::hostName) : Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.empty();
        }
    }
}
