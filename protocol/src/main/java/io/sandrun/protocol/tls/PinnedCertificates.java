package io.sandrun.protocol.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts certain certificates and no others, whatever names and dates they have: whoever pinned one meant this one. It
 * is an extended manager since the JDK compares host names behind the back of a plain one. Immutable, thread-safe.
 */
final class PinnedCertificates extends X509ExtendedTrustManager {
    private final Set<Fingerprint> pins;

    /** @param pins none trusts nobody */
    PinnedCertificates(Set<Fingerprint> pins) {
        this.pins = Set.copyOf(pins);
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        Fingerprint shown = Fingerprint.of(chain[0]);
        if (!pins.contains(shown)) {
            String pinned = pins.stream().map(Fingerprint::toString).collect(Collectors.joining(" or "));
            throw new CertificateRefusedException(
                    shown,
                    "its certificate is %s, and not %s, which is pinned. Either the broker has a new one, or somebody "
                                    .formatted(shown, pinned)
                            + "stands between: ask whoever runs it (`sandrun fingerprint` on its machine), and pin no "
                            + "other than they name with --fingerprint.");
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
