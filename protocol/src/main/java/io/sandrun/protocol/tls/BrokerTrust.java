package io.sandrun.protocol.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * By what a client knows its broker: a pinned certificate, an authority, or whatever this machine trusts. It is asked
 * during the handshake, before a byte of a request is sent. Immutable, thread-safe.
 */
public final class BrokerTrust {
    /** What this machine trusts, as its JDK knows it; read when it is needed, since that takes a while. */
    public static final BrokerTrust OF_SYSTEM = new BrokerTrust(null);

    /** No certificate at all. */
    public static final BrokerTrust OF_NOBODY = pinned(Set.of());

    private final @Nullable TrustManager manager;

    private BrokerTrust(@Nullable TrustManager manager) {
        this.manager = manager;
    }

    /** These certificates and no others. */
    public static BrokerTrust pinned(Set<Fingerprint> pins) {
        return new BrokerTrust(new PinnedCertificates(pins));
    }

    /**
     * What the authorities in a PEM file vouch for, for the host that is called.
     *
     * @throws IOException if the file cannot be read or has no certificate; the message says which
     */
    public static BrokerTrust authorities(Path file) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (X509Certificate authority : CertificateFile.read(file)) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
            return new BrokerTrust(vouched(store));
        } catch (GeneralSecurityException broken) {
            throw new IOException(file + " cannot be used: " + broken.getMessage(), broken);
        }
    }

    private static TrustManager vouched(@Nullable KeyStore authorities) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509ExtendedTrustManager.class::isInstance)
                .map(X509ExtendedTrustManager.class::cast)
                .findFirst()
                .map(VouchedCertificates::new)
                .orElseThrow(() -> new GeneralSecurityException("this Java checks no certificates"));
    }

    /** For connections that this is to guard. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager == null ? vouched(null) : manager}, null);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java cannot speak TLS", missing);
        }
    }
}
