package io.sandrun.protocol.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts what authorities vouch for, for the name that was called, as the JDK checks it; a refusal says what to do.
 * Thread-safe.
 */
final class VouchedCertificates extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager authorities;

    VouchedCertificates(X509ExtendedTrustManager authorities) {
        this.authorities = authorities;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            authorities.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException refused) {
            throw explained(chain[0], refused);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        try {
            authorities.checkServerTrusted(chain, authType, socket);
        } catch (CertificateException refused) {
            throw explained(chain[0], refused);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        authorities.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        authorities.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        authorities.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        authorities.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }

    private static CertificateRefusedException explained(X509Certificate shown, CertificateException refused) {
        return new CertificateRefusedException(
                Fingerprint.of(shown),
                "%s Its certificate is %s. If that is what the broker printed when it started, on its own machine, "
                                .formatted(reason(shown, refused), Fingerprint.of(shown))
                        + "pin it with --fingerprint; or name who vouches for it with --ca FILE.",
                refused);
    }

    private static String reason(X509Certificate shown, CertificateException refused) {
        try {
            shown.checkValidity();
        } catch (CertificateExpiredException over) {
            return "its certificate ran out on %s."
                    .formatted(shown.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException early) {
            return "its certificate is valid from %s on; is this machine's clock right?"
                    .formatted(shown.getNotBefore().toInstant());
        }
        // The JDK checks the path first, with a cause of its own, and then the name, without one.
        return refused.getCause() == null
                ? "its certificate is not for this address (%s).".formatted(refused.getMessage())
                : "nobody whom this machine trusts vouches for its certificate.";
    }
}
