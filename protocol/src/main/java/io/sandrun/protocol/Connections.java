package io.sandrun.protocol;

import io.sandrun.protocol.tls.BrokerTrust;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;

/** How every client of ours reaches a broker. Stateless. */
final class Connections {
    static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private Connections() {}

    /** HTTP/1.1, since the broker serves no other; each has connections of its own. */
    static HttpClient client(BrokerAddress broker) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust(broker).context())
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    /** Where nothing is encrypted nobody is asked, and reading whom the system trusts takes a while. */
    static BrokerTrust trust(BrokerAddress broker) {
        return broker.isEncrypted() ? broker.trust() : BrokerTrust.OF_NOBODY;
    }

    /** The address that paths are put behind: one that ends in a slash means the same. */
    static String base(URI url) {
        return url.toString().replaceAll("/+$", "");
    }
}
