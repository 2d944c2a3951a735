package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The page of the module {@code dashboard-web}: a few files, read once. */
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
        SecurityHeaders.ofPage(request);
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
