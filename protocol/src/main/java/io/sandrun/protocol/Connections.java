package io.sandrun.protocol;

import io.sandrun.protocol.tls.BrokerTrust;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;

/** How every client of ours reaches a broker. Stateless. */
final class Connections {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** Of no use where nothing is encrypted, and made faster than what reads the authorities of the system. */
    private static final BrokerTrust NOBODY = BrokerTrust.pinned(Set.of());

    private Connections() {}

    /** HTTP/1.1, since the broker serves no other; each has connections of its own. */
    static HttpClient client(BrokerAddress broker) {
        BrokerTrust trust = broker.isEncrypted() ? broker.trust() : NOBODY;
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust.context())
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /** The address that paths are put behind: one that ends in a slash means the same. */
    static String base(URI url) {
        return url.toString().replaceAll("/+$", "");
    }
}
