package io.sandrun.benchmarks.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What every answer to bad bytes must be: no fault of ours, and the one shape of errors. A pure function. */
final class AnswerCheck {
    private static final Pattern STATUS = Pattern.compile("\\AHTTP/1\\.1 (\\d{3})[ \\r]");
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: (\\d+)\\r?$");
    private static final Pattern INSIDE = Pattern.compile("\\w+Exception\\b|\\bat [a-z]+\\.[a-z]+\\.|\\.java:\\d");

    /** A transfer coding or a version of HTTP that we do not speak. */
    private static final Set<Integer> SENDERS_FAULTS = Set.of(501, 505);

    private static final String HEAD_END = "\r\n\r\n";

    private AnswerCheck() {}

    /**
     * @param request what was sent: its words may come back in a sentence
     * @param bytes all that came back: nothing, one answer, or several behind each other
     * @throws IllegalStateException that says what is wrong with them
     */
    static void check(byte[] request, byte[] bytes) {
        String sent = new String(request, StandardCharsets.ISO_8859_1);
        String left = new String(bytes, StandardCharsets.ISO_8859_1);
        while (!left.isEmpty()) {
            Matcher status = STATUS.matcher(left);
            int headEnd = left.indexOf(HEAD_END);
            require(status.find() && headEnd > 0, "no HTTP answer", left);
            String head = left.substring(0, headEnd);
            left = left.substring(headEnd + HEAD_END.length());
            Matcher length = LENGTH.matcher(head);
            int bodyLength = length.find() ? Integer.parseInt(length.group(1)) : left.length();
            require(bodyLength <= left.length(), "an answer that ended early", head + HEAD_END + left);
            check(sent, Integer.parseInt(status.group(1)), head, left.substring(0, bodyLength));
            left = left.substring(bodyLength);
        }
    }

    private static void check(String sent, int status, String head, String body) {
        String whole = head + HEAD_END + body;
        require(status < 500 || SENDERS_FAULTS.contains(status), "a fault of ours", whole);
        if (status < 400 || body.isEmpty()) {
            return;
        }
        require(head.toLowerCase(Locale.ROOT).contains("content-type: application/json"), "not JSON", whole);
        JsonNode error = Json.read(
                new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8), JsonNode.class);
        boolean isShaped = error.path("error").isTextual()
                && error.path("code").asText().matches("[a-z_]+")
                && error.path("details").isObject();
        require(isShaped, "not the shape of errors", whole);
        Matcher inside = INSIDE.matcher(error.path("error").asText());
        require(!inside.find() || sent.contains(inside.group()), "a look inside", whole);
    }

    private static void require(boolean holds, String what, String answer) {
        if (!holds) {
            throw new IllegalStateException(what + ": " + answer);
        }
    }
}
