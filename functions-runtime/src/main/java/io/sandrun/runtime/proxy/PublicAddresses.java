package io.sandrun.runtime.proxy;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Arrays;

/**
 * Tells addresses of the Internet from those that mean this machine, its neighbours, or nobody. By the registries of
 * RFC 6890; ranges for documentation are let be, since nobody is there. Pure, but for the machine's own interfaces.
 */
final class PublicAddresses {
    /** The well-known prefix of RFC 6052: the last four bytes are an IPv4 address, and a router speaks to that. */
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private PublicAddresses() {}

    static boolean contains(InetAddress address) {
        return isPublic(address) && !isOwn(address);
    }

    /** Of this machine, whatever the range: its services listen there too. */
    private static boolean isOwn(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            return true; // who cannot be told from us is not spoken to
        }
    }

    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublicShort(bytes) : isPublicLong(bytes);
    }

    private static boolean isPublicShort(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        int third = bytes[2] & 0xff;
        return switch (first) {
            case 0, 10, 127 -> false; // this network, private, loopback
            case 100 -> second < 64 || second > 127; // shared by a provider's customers
            case 169 -> second != 254; // link-local, and the metadata service of clouds
            case 172 -> second < 16 || second > 31; // private
            case 192 -> second != 168 && !(second == 0 && third == 0); // private, protocol assignments
            case 198 -> second != 18 && second != 19; // benchmarks of networks
            default -> first < 224; // multicast, reserved, broadcast
        };
    }

    private static boolean isPublicLong(byte[] bytes) {
        if (Arrays.equals(bytes, 0, TRANSLATED.length, TRANSLATED, 0, TRANSLATED.length)) {
            return isPublicShort(Arrays.copyOfRange(bytes, TRANSLATED.length, bytes.length));
        }
        int first = ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
        int second = ((bytes[2] & 0xff) << 8) | (bytes[3] & 0xff);
        // Global unicast alone: no loopback, mapped, link-local, unique-local, multicast.
        boolean isGlobal = first >= 0x2000 && first <= 0x3fff;
        boolean isTunnel = first == 0x2002 || (first == 0x2001 && second == 0); // 6to4 and Teredo carry IPv4 addresses
        return isGlobal && !isTunnel;
    }
}
