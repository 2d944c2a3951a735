package io.sandrun.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * TCP connections by their descriptors (ip(7), ipv6(7)): for sockets of another network namespace, and for what is
 * joined to them in one poll. All are non-blocking and close-on-exec. Stateless.
 */
public final class TcpSocket {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SHUT_WR = 1;
    private static final int ADDRESS_BYTES = 16;
    private static final int LONG_ADDRESS_BYTES = 28;

    private TcpSocket() {}

    /** The next connection that waits at a listener; null when none does. */
    public static @Nullable Descriptor accept(Descriptor listener) throws LinuxException {
        int number = LibC.accept4(listener.number(), null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (number >= 0) {
            return new Descriptor(number);
        }
        int errno = Native.getLastError();
        // A connection that is gone again is no failure of the listener, says accept(2), nor is no connection.
        boolean isNone =
                errno == LinuxException.EAGAIN || errno == LinuxException.EINTR || errno == LinuxException.ECONNABORTED;
        if (isNone) {
            return null;
        }
        throw new LinuxException("accept4", errno);
    }

    /** Begins to connect. When there is room to write, {@link #checkConnected} tells how it went. */
    public static Descriptor connect(InetSocketAddress address) throws LinuxException {
        InetAddress host = address.getAddress();
        boolean isShort = host instanceof Inet4Address;
        int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        Descriptor socket =
                new Descriptor(LinuxException.check("socket", LibC.socket(isShort ? AF_INET : AF_INET6, type, 0)));
        int bytes = isShort ? ADDRESS_BYTES : LONG_ADDRESS_BYTES;
        try (Memory name = new Memory(bytes)) {
            name.clear();
            name.setShort(0, (short) (isShort ? AF_INET : AF_INET6));
            name.setByte(2, (byte) (address.getPort() >> 8));
            name.setByte(3, (byte) address.getPort());
            byte[] raw = host.getAddress();
            name.write(isShort ? 4 : 8, raw, 0, raw.length);
            if (LibC.connect(socket.number(), name, bytes) < 0) {
                int errno = Native.getLastError();
                if (errno != LinuxException.EINPROGRESS) {
                    socket.close();
                    throw new LinuxException("connect", errno);
                }
            }
            return socket;
        }
    }

    /** @throws LinuxException with the reason why nobody is at the other end */
    public static void checkConnected(Descriptor socket) throws LinuxException {
        try (Memory error = new Memory(Integer.BYTES);
                Memory size = new Memory(Integer.BYTES)) {
            size.setInt(0, Integer.BYTES);
            LinuxException.check("getsockopt", LibC.getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, error, size));
            if (error.getInt(0) != 0) {
                throw new LinuxException("connect", error.getInt(0));
            }
        }
    }

    /** Tells the other end that nothing more comes; what it still says can be read. */
    public static void endOutput(Descriptor socket) {
        LibC.shutdown(socket.number(), SHUT_WR);
    }
}
