package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.OwnNames;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages that a user visits from using the broker behind the user's back. A browser names the page's origin in
 * {@code Origin}; a page that had its own name pointed at our address (DNS rebinding) betrays itself by {@code Host}.
 * Programs that are no browsers send no {@code Origin} and are not concerned. Thread-safe.
 */
final class OriginGuard {
    /** An address, which unlike a name cannot be pointed anywhere else. */
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*");

    private static final String ANY = "*";
    private static final String PREFLIGHT_MAX_AGE_SECONDS = "600";

    private final Set<String> hosts;
    private final Set<String> origins;
    private final boolean anyAddress;

    /**
     * @param bindHost where the broker listens
     * @param corsOrigins origins beside those on loopback, or {@code *}
     */
    OriginGuard(String bindHost, List<String> corsOrigins) {
        this.origins = Set.copyOf(corsOrigins);
        this.hosts = new HashSet<>(OwnNames.of(bindHost));
        this.anyAddress = !OwnNames.isLoopback(bindHost.toLowerCase(Locale.ROOT));
        for (String origin : corsOrigins) {
            String host = ANY.equals(origin) ? null : hostOf(origin);
            if (host != null) {
                hosts.add(host);
            }
        }
    }

    /**
     * Lets a request pass, with the headers that let the page read the answer.
     *
     * @throws Refusal for a foreign origin or host
     */
    void check(Context request) {
        String hostHeader = request.header("Host");
        String origin = request.header("Origin");
        request.header("Vary", "Origin");
        if (hostHeader != null && !isOwnHost(hostName(hostHeader))) {
            throw new Refusal(
                    ErrorCode.ORIGIN_REFUSED,
                    "This broker is not known by the host name in the request; use its address, or start it with "
                            + "--cors-origin for this name.");
        }
        if (origin == null) {
            return;
        }
        if (!isAllowed(origin, hostHeader)) {
            throw new Refusal(
                    ErrorCode.ORIGIN_REFUSED,
                    "Web pages of this origin may not use this broker; its owner can allow it with --cors-origin.");
        }
        request.header("Access-Control-Allow-Origin", origins.contains(ANY) ? ANY : origin);
    }

    static void answerPreflight(Context request) {
        request.header("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS");
        request.header("Access-Control-Allow-Headers", "Content-Type, Authorization, Idempotency-Key");
        request.header("Access-Control-Max-Age", PREFLIGHT_MAX_AGE_SECONDS);
        request.status(204);
    }

    private boolean isAllowed(String origin, @Nullable String hostHeader) {
        if (origins.contains(ANY) || origins.contains(origin)) {
            return true;
        }
        String host = hostOf(origin);
        // The broker's own page, wherever it was reached; the host has been found to be ours.
        return host != null
                && (OwnNames.isLoopback(host)
                        || origin.equals("http://" + hostHeader)
                        || origin.equals("https://" + hostHeader));
    }

    private boolean isOwnHost(String host) {
        return OwnNames.isLoopback(host)
                || hosts.contains(host)
                || (anyAddress && ADDRESS.matcher(host).matches());
    }

    /** The host of a header {@code name:port} or {@code [address]:port}. */
    private static String hostName(String header) {
        String lower = header.strip().toLowerCase(Locale.ROOT);
        if (lower.startsWith("[")) {
            int end = lower.indexOf(']');
            return end < 0 ? lower : lower.substring(1, end);
        }
        int colon = lower.indexOf(':');
        return colon < 0 ? lower : lower.substring(0, colon);
    }

    private static @Nullable String hostOf(String origin) {
        try {
            URI uri = URI.create(origin);
            String scheme = uri.getScheme();
            if (uri.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
                return null;
            }
            return hostName(uri.getHost());
        } catch (IllegalArgumentException wrong) {
            return null;
        }
    }
}
