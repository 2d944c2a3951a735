package io.sandrun.protocol.tls;

import java.security.cert.CertificateException;

/** A broker showed a certificate that is not trusted; the message says which, why, and what to do. */
public final class CertificateRefusedException extends CertificateException {
    private static final long serialVersionUID = 1;

    CertificateRefusedException(String message, Throwable cause) {
        super(message, cause);
    }

    CertificateRefusedException(String message) {
        super(message);
    }
}
