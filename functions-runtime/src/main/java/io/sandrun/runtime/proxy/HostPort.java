package io.sandrun.runtime.proxy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host as it is named, and a port.
 *
 * @param host lower case, without the dot at the end; an IPv6 address without its brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    private static final Pattern FORM =
            Pattern.compile("(?:\\[([0-9a-f:.]{2,45})]|([a-z0-9._-]{1,253}))(?::(\\d{1,5}))?");
    private static final Pattern IP_V4 = Pattern.compile("(?:\\d{1,3}\\.){3}\\d{1,3}");

    /** Reads {@code host:port} or, where there is a default, {@code host}; empty for anything else. */
    public static Optional<HostPort> parse(String text, int defaultPort) {
        Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        int port = matcher.group(3) == null ? defaultPort : Integer.parseInt(matcher.group(3));
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        return port < 1 || port > 65535 || name.isEmpty() ? Optional.empty() : Optional.of(new HostPort(name, port));
    }

    /** The address that this is, when it is one and no name; nothing is looked up. */
    Optional<InetAddress> literal() {
        if (host.indexOf(':') < 0 && !IP_V4.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(host));
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
