package io.sandrun.protocol;

import io.sandrun.protocol.identity.ApiKey;
import io.sandrun.protocol.tls.BrokerTrust;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Where a broker is, by what it is known there, and by what we are.
 *
 * @param url {@code http://host:port} or {@code https://host:port}; a path is kept as a prefix
 * @param trust heeded where the URL is https
 * @param apiKey shown with every request; null where the broker wants none
 */
public record BrokerAddress(
        URI url, BrokerTrust trust, @Nullable ApiKey apiKey) {
    /** Known, where it is https, as this machine knows servers. */
    public static BrokerAddress of(URI url) {
        return new BrokerAddress(url, BrokerTrust.OF_SYSTEM, null);
    }

    public BrokerAddress withTrust(BrokerTrust other) {
        return new BrokerAddress(url, other, apiKey);
    }

    public BrokerAddress withApiKey(@Nullable ApiKey other) {
        return new BrokerAddress(url, trust, other);
    }

    public boolean isEncrypted() {
        return "https".equalsIgnoreCase(url.getScheme());
    }
}
