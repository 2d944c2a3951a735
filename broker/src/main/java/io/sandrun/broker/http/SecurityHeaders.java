package io.sandrun.broker.http;

import io.javalin.http.Context;
import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * What every answer tells browsers, whoever makes it: errors of the server below the routes, too. The routes loosen it
 * where they show something. Thread-safe.
 */
final class SecurityHeaders implements HttpConfiguration.Customizer {
    private static final String POLICY = "Content-Security-Policy";
    private static final String CACHE = "Cache-Control";

    /** Nothing in it may be loaded, run, sent, or shown inside of something else. */
    private static final String DATA = "sandbox; default-src 'none'; frame-ancestors 'none'";

    /**
     * The page of this program: its own files, one script that is known by its hash, calls to its own broker, and
     * pictures that it made of bytes which it has looked at. Text becomes markup in the page's library only.
     */
    private static final String PAGE = "default-src 'none'; style-src 'self'; script-src 'self' '%s'; "
            + "connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; "
            + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html";

    /** Without rights of any origin: what a job wrote may be a page that would speak to the broker. */
    private static final String FILE = DATA + "; style-src 'unsafe-inline'; img-src data:";

    private static final Map<String, String> ALWAYS = Map.of(
            POLICY,
            DATA,
            // The type that is said is the type that it has.
            "X-Content-Type-Options",
            "nosniff",
            // Ids of jobs are in addresses.
            "Referrer-Policy",
            "no-referrer",
            "X-Frame-Options",
            "DENY",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            // Jobs are somebody's own, and keys are shown once.
            CACHE,
            "no-store");

    /** Whether a page of another origin may embed it without asking, which it would by CORS. */
    private static final String EMBEDDING = "Cross-Origin-Resource-Policy";

    private static final String ANYWHERE = "cross-origin";

    /** A year. A browser that has seen it refuses this host without a certificate that somebody vouches for. */
    private static final String STRICT_TRANSPORT = "max-age=31536000";

    private final boolean isVouchedFor;
    private final boolean isForEverybody;

    /**
     * @param isVouchedFor whether it is served by TLS under a certificate of its owner's; with one that is only pinned,
     *     the promise to browsers would lock them out
     * @param isForEverybody whether pages of every origin may use it
     */
    SecurityHeaders(boolean isVouchedFor, boolean isForEverybody) {
        this.isVouchedFor = isVouchedFor;
        this.isForEverybody = isForEverybody;
    }

    @Override
    public Request customize(Request request, HttpFields.Mutable headers) {
        putOn(headers);
        return request;
    }

    /** Whatever they said before. */
    void putOn(HttpFields.Mutable headers) {
        ALWAYS.forEach(headers::put);
        headers.put(EMBEDDING, isForEverybody ? ANYWHERE : "same-origin");
        if (isVouchedFor) {
            headers.put("Strict-Transport-Security", STRICT_TRANSPORT);
        }
    }

    /**
     * For a file of the page, which is the same for everybody and changes with the program only.
     *
     * @param script the hash of the one inline script that may run, as policies write it
     */
    static void ofPage(Context request, String script) {
        request.header(POLICY, PAGE.formatted(script));
        request.header(CACHE, "no-cache");
    }

    /**
     * For a file that a job left, shown as what it says to be. Pages of this machine may show a plot; to browsers their
     * ports are sites of their own, so that {@link OriginGuard} tells by the request who is another's.
     */
    static void ofFile(Context request) {
        request.header(POLICY, FILE);
        request.header(EMBEDDING, ANYWHERE);
    }
}
