package io.sandrun.protocol.tls;

import java.security.cert.CertificateException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A broker showed a certificate that is not trusted; the message says which, why, and what to do. */
public final class CertificateRefusedException extends CertificateException {
    private static final long serialVersionUID = 1;

    private final transient Fingerprint shown;

    CertificateRefusedException(Fingerprint shown, String message) {
        super(message);
        this.shown = shown;
    }

    CertificateRefusedException(Fingerprint shown, String message, Throwable cause) {
        super(message, cause);
        this.shown = shown;
    }

    /** Of the certificate that was refused. */
    public Fingerprint shown() {
        return shown;
    }

    /** The refusal because of which something failed. */
    public static Optional<CertificateRefusedException> in(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateRefusedException refused) {
                return Optional.of(refused);
            }
        }
        return Optional.empty();
    }
}
