package io.sandrun.broker.http;

import io.javalin.http.Context;
import io.sandrun.broker.Refusal;
import io.sandrun.broker.http.WebFiles.WebFile;
import io.sandrun.protocol.ErrorCode;
import io.sandrun.protocol.identity.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page for the browser. The one inline script that it has tells where its modules are; browsers run it because the
 * policy names its hash, which is taken of the very text when the broker starts. Thread-safe.
 */
final class WebPage {
    private static final String INDEX = "index.html";
    private static final Pattern IMPORT_MAP =
            Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);

    private final WebFiles files = new WebFiles();
    private final String importMapHash;

    WebPage() {
        String index = new String(files.require(INDEX).content(), StandardCharsets.UTF_8);
        Matcher map = IMPORT_MAP.matcher(index);
        if (!map.find()) {
            throw new IllegalStateException("the page has no import map");
        }
        byte[] hash = Digest.sha256().digest(map.group(1).getBytes(StandardCharsets.UTF_8));
        this.importMapHash = "sha256-" + Base64.getEncoder().encodeToString(hash);
    }

    static boolean isWanted(Context request) {
        String accept = request.header("Accept");
        return accept != null && accept.contains("text/html");
    }

    void index(Context request) {
        send(request, files.require(INDEX));
    }

    void file(Context request) {
        send(
                request,
                files.find(request.pathParam("path"))
                        .orElseThrow(() -> new Refusal(ErrorCode.NOT_FOUND, "There is no such path.")));
    }

    private void send(Context request, WebFile file) {
        SecurityHeaders.ofPage(request, importMapHash);
        request.header("ETag", file.tag());
        request.contentType(file.type());
        if (Conditions.hasAlready(request, file.tag())) {
            request.status(304);
        } else {
            request.result(file.content());
        }
    }
}
