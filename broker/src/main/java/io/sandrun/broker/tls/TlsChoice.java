package io.sandrun.broker.tls;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether the broker speaks TLS, and with which certificate.
 *
 * @param isOn whether it does
 * @param given the owner's own certificate; empty for one that is made on first start
 */
public record TlsChoice(boolean isOn, Optional<Given> given) {
    /** All goes in clear. */
    public static final TlsChoice OFF = new TlsChoice(false, Optional.empty());

    /** With a certificate that the broker makes for itself. */
    public static final TlsChoice SELF_SIGNED = new TlsChoice(true, Optional.empty());

    /**
     * Files in PEM form, which may be one and the same.
     *
     * @param certificate the broker's own first, then those that vouch for it
     * @param key its private key, not encrypted
     */
    public record Given(Path certificate, Path key) {}
}
