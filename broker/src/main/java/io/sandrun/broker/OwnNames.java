package io.sandrun.broker;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The names and addresses under which this machine is called, in lower case. */
public final class OwnNames {
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private OwnNames() {}

    /**
     * Those under which a broker is reached that listens there: loopback, and beyond it the machine's name and all of
     * its addresses.
     */
    public static Set<String> of(String bindHost) {
        Set<String> names = new TreeSet<>(Set.of("localhost", "127.0.0.1", "::1"));
        String host = bindHost.toLowerCase(Locale.ROOT);
        if (isLoopback(host)) {
            names.add(host);
            return names;
        }
        if (!isAnyAddress(host)) {
            names.add(host);
        }
        try {
            names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLinkLocalAddress())
                    .forEach(address -> names.add(address.getHostAddress()));
        } catch (UnknownHostException | SocketException nameless) {
            return names; // What was found until then.
        }
        return names;
    }

    /** Whether a host in a request, in lower case, can only be this machine. */
    public static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || LOOPBACK_V4.matcher(host).matches();
    }

    private static boolean isAnyAddress(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
    }
}
