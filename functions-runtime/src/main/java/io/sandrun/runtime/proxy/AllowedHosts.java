package io.sandrun.runtime.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a door leads: exactly these hosts and ports, and of what their names stand for, public addresses only.
 *
 * <p>An address that is not public is reached only when the node's owner wrote that very address down: as the host
 * itself ({@code 10.0.0.5:8080}, {@code localhost:3141}), or behind its name ({@code pypi.lan:443=10.0.0.5}). So no
 * name, whatever it comes to stand for, leads to the machine or its neighbours. Immutable, thread-safe.
 */
public final class AllowedHosts {
    /** Finds out what a name stands for; a seam, so that rebinding names can be tried. */
    @FunctionalInterface
    public interface Lookup {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    /** Addresses of one name that are tried. */
    private static final int MOST_ADDRESSES = 4;

    private static final String LOCALHOST = "localhost";

    private final Map<HostPort, Optional<InetAddress>> hosts;
    private final Lookup lookup;

    private AllowedHosts(Map<HostPort, Optional<InetAddress>> hosts, Lookup lookup) {
        this.hosts = hosts;
        this.lookup = lookup;
    }

    /**
     * Reads a list of {@code host:port} and {@code host:port=address}.
     *
     * @throws IllegalArgumentException with a sentence that names the entry which is none
     */
    public static AllowedHosts of(List<String> entries) {
        return of(entries, InetAddress::getAllByName);
    }

    /** The same, with another way to look names up. */
    public static AllowedHosts of(List<String> entries, Lookup lookup) {
        Map<HostPort, Optional<InetAddress>> hosts = new LinkedHashMap<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String name = equals < 0 ? entry : entry.substring(0, equals);
            HostPort host = HostPort.parse(name, 0).orElseThrow(() -> malformed(entry));
            Optional<InetAddress> pinned = host.literal();
            if (equals >= 0) {
                String address = entry.substring(equals + 1);
                String bare = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
                pinned = HostPort.parse(bare, 1).flatMap(HostPort::literal);
                if (pinned.isEmpty()) {
                    throw malformed(entry);
                }
            }
            hosts.put(host, pinned);
        }
        return new AllowedHosts(Map.copyOf(hosts), lookup);
    }

    private static IllegalArgumentException malformed(String entry) {
        return new IllegalArgumentException("'" + entry + "' is neither HOST:PORT nor HOST:PORT=ADDRESS.");
    }

    boolean contains(HostPort host) {
        return hosts.containsKey(host);
    }

    /** Every host and its pinned address, in a form that is the same for the same settings. */
    public String description() {
        return hosts.entrySet().stream()
                .map(entry -> entry.getKey()
                        + entry.getValue()
                                .map(address -> "=" + address.getHostAddress())
                                .orElse(""))
                .sorted()
                .reduce("", (one, other) -> one + other + "\n");
    }

    /**
     * The addresses to connect to, checked. Looks a name up, which may take as long as the machine's resolver takes.
     *
     * @throws RefusedException when the host is not allowed, is not known, or is no public address
     */
    List<InetSocketAddress> addressesOf(HostPort host) throws RefusedException {
        Optional<InetAddress> pinned = hosts.get(host);
        if (pinned == null) {
            throw new RefusedException(
                    RefusedException.FORBIDDEN,
                    "installs on this node may not connect to " + host + ": it is not a host of the package index");
        }
        if (pinned.isPresent()) {
            return List.of(new InetSocketAddress(pinned.get(), host.port()));
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (InetAddress address : lookUp(host)) {
            boolean isMeant = host.host().equals(LOCALHOST) && address.isLoopbackAddress();
            if (isMeant || PublicAddresses.contains(address)) {
                addresses.add(new InetSocketAddress(address, host.port()));
            }
        }
        if (addresses.isEmpty()) {
            throw new RefusedException(
                    RefusedException.FORBIDDEN,
                    "installs on this node may not connect to " + host + ": its name stands for no public address");
        }
        return addresses.subList(0, Math.min(addresses.size(), MOST_ADDRESSES));
    }

    private List<InetAddress> lookUp(HostPort host) throws RefusedException {
        try {
            return Arrays.asList(lookup.all(host.host()));
        } catch (UnknownHostException unknown) {
            throw new RefusedException(RefusedException.UNREACHABLE, "the name " + host.host() + " is not known");
        }
    }
}
