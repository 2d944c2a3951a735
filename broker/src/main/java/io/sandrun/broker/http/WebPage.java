package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The page of the module {@code dashboard-web}: a few files, read once, under a policy that lets nothing else in. */
final class WebPage {
    private static final String FOLDER = "/io/sandrun/dashboard/";
    private static final String INDEX = "index.html";

    private static final Map<String, String> TYPES = Map.of(
            INDEX,
            "text/html; charset=utf-8",
            "style.css",
            "text/css; charset=utf-8",
            "page.js",
            "text/javascript; charset=utf-8");

    private static final String POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Map<String, byte[]> files = new HashMap<>();

    WebPage() {
        TYPES.keySet().forEach(name -> files.put(name, load(name)));
    }

    static boolean isWanted(Context request) {
        String accept = request.header("Accept");
        return accept != null && accept.contains("text/html");
    }

    void index(Context request) {
        send(request, INDEX);
    }

    void file(Context request) {
        send(request, request.pathParam("file"));
    }

    private void send(Context request, String name) {
        byte[] content = files.get(name);
        String type = TYPES.get(name);
        if (content == null || type == null) {
            throw new Refusal(ErrorCode.NOT_FOUND, "There is no such path.");
        }
        request.header("Content-Security-Policy", POLICY);
        request.header("X-Content-Type-Options", "nosniff");
        request.header("Referrer-Policy", "no-referrer");
        request.contentType(type);
        request.result(content);
    }

    private static byte[] load(String name) {
        try (InputStream in = WebPage.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its page's file " + name);
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
