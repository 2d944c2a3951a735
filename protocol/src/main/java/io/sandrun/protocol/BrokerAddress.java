package io.sandrun.protocol;

import io.sandrun.protocol.tls.BrokerTrust;
import java.net.URI;

/**
 * Where a broker is, and by what it is known there.
 *
 * @param url {@code http://host:port} or {@code https://host:port}; a path is kept as a prefix
 * @param trust heeded where the URL is https
 */
public record BrokerAddress(URI url, BrokerTrust trust) {
    /** Known, where it is https, as this machine knows servers. */
    public static BrokerAddress of(URI url) {
        return new BrokerAddress(url, BrokerTrust.OF_SYSTEM);
    }

    public BrokerAddress withTrust(BrokerTrust other) {
        return new BrokerAddress(url, other);
    }

    public boolean isEncrypted() {
        return "https".equalsIgnoreCase(url.getScheme());
    }
}
