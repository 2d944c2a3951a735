package io.sandrun.broker.http.flow;

import io.javalin.http.Context;
import io.sandrun.broker.http.ClientAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.eclipse.jetty.server.Request;

/**
 * The other side of a connection, as far as shares are concerned.
 *
 * @param address as for fair shares
 * @param isLocal whether it is this machine, whose users share one address
 */
public record Peer(String address, boolean isLocal) {
    private static final Peer UNKNOWN = new Peer("", true);

    /** Of a request that was routed. */
    public static Peer of(Context request) {
        return of(Wire.below(request));
    }

    static Peer of(Request request) {
        return of(request.getConnectionMetaData().getRemoteSocketAddress());
    }

    static Peer of(SocketAddress remote) {
        if (remote instanceof InetSocketAddress internet && internet.getAddress() != null) {
            InetAddress address = internet.getAddress();
            return new Peer(ClientAddress.of(address.getHostAddress()), address.isLoopbackAddress());
        }
        return UNKNOWN;
    }
}
