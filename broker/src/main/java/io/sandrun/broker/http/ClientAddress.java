package io.sandrun.broker.http;

import io.javalin.http.Context;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Who submits, as far as fair shares are concerned: the address that the connection comes from. Of an IPv6 address the
 * network counts, its first 64 bits, since one machine may have all the others to itself. Headers of proxies are not
 * believed: anybody could write them.
 */
public final class ClientAddress {
    private static final int NETWORK_BYTES = 8;

    private ClientAddress() {}

    static String of(Context request) {
        return of(request.req().getRemoteAddr());
    }

    /** Whether a connection comes from the machine that it goes to. */
    static boolean isThisMachine(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException notDigits) {
            return false;
        }
    }

    /** @param address in digits */
    public static String of(String address) {
        try {
            // An address in digits is not looked up anywhere.
            InetAddress parsed = InetAddress.getByName(address);
            if (parsed instanceof Inet6Address) {
                byte[] network = Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES);
                byte[] whole = Arrays.copyOf(network, parsed.getAddress().length);
                return InetAddress.getByAddress(whole).getHostAddress() + "/64";
            }
            return parsed.getHostAddress();
        } catch (UnknownHostException notDigits) {
            return address;
        }
    }
}
