package io.sandrun.runtime.proxy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one who came through the door asks for. Parsing is strict: what could be read in two ways is refused.
 *
 * @param host where to
 * @param forwarded the head of the request to that host, or empty for a connection in which the proxy has no say
 */
@SuppressWarnings("ArrayRecordComponent") // held, never compared
record ProxyRequest(HostPort host, Optional<byte[]> forwarded) {
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]{1,16}) (\\S{1,8000}) HTTP/1\\.[01]");
    private static final Pattern ABSOLUTE = Pattern.compile("(?i)http://([^/?#@]{1,300})(/[^#]*)?");
    private static final Pattern HEADER = Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*(.*)");

    /** Of this connection and not of the request, or made anew. */
    private static final Set<String> NOT_FORWARDED = Set.of(
            "host",
            "connection",
            "proxy-connection",
            "proxy-authorization",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect");

    /**
     * Reads a head, without the empty line at its end.
     *
     * @throws RefusedException with what is wrong
     */
    static ProxyRequest parse(byte[] head) throws RefusedException {
        String[] lines = new String(head, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        for (String line : lines) {
            if (!line.chars().allMatch(character -> character == '\t' || (character >= ' ' && character != 0x7f))) {
                throw malformed("has a control character in its head");
            }
        }
        Matcher line = REQUEST_LINE.matcher(lines[0]);
        if (!line.matches()) {
            throw malformed("does not begin like a request to a proxy");
        }
        String method = line.group(1);
        String target = line.group(2);
        if (method.equals("CONNECT")) {
            HostPort host = HostPort.parse(target, HTTPS).orElseThrow(() -> malformed("names no host and port"));
            return new ProxyRequest(host, Optional.empty());
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            throw malformed("has a method other than CONNECT, GET and HEAD");
        }
        Matcher absolute = ABSOLUTE.matcher(target);
        if (!absolute.matches()) {
            throw malformed("names no absolute http:// address");
        }
        HostPort host = HostPort.parse(absolute.group(1), HTTP).orElseThrow(() -> malformed("names no host and port"));
        String path = absolute.group(2) == null ? "/" : absolute.group(2);
        return new ProxyRequest(host, Optional.of(forwarded(method + " " + path + " HTTP/1.1", host, lines)));
    }

    /** One request on one connection: whatever comes after it is never read. */
    private static byte[] forwarded(String requestLine, HostPort host, String[] lines) throws RefusedException {
        List<String> head = new ArrayList<>();
        head.add(requestLine);
        head.add("Host: " + (host.port() == HTTP ? host.toString().replaceFirst(":80$", "") : host));
        head.add("Connection: close");
        for (int index = 1; index < lines.length; index++) {
            Matcher header = HEADER.matcher(lines[index]);
            if (!header.matches()) {
                throw malformed("has a line in its head that is no header");
            }
            String name = header.group(1).toLowerCase(Locale.ROOT);
            boolean hasBody = name.equals("transfer-encoding")
                    || (name.equals("content-length")
                            && !header.group(2).strip().equals("0"));
            if (hasBody) {
                throw malformed("has a body");
            }
            if (!NOT_FORWARDED.contains(name)) {
                head.add(lines[index]);
            }
        }
        return (String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static RefusedException malformed(String why) {
        return new RefusedException(RefusedException.BAD_REQUEST, "the request to the proxy of this node " + why);
    }
}
