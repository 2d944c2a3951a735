package io.sandrun.protocol.tls;

import io.sandrun.protocol.identity.Digest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The SHA-256 of a certificate as it goes over the wire (its DER), written {@code sha256:} and 64 hexadecimal digits.
 *
 * @param hex the digits, in lower case
 */
public record Fingerprint(String hex) {
    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public Fingerprint {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("no SHA-256 in hexadecimal digits");
        }
    }

    public static Fingerprint of(X509Certificate certificate) {
        try {
            return new Fingerprint(Digest.of(certificate.getEncoded()));
        } catch (CertificateEncodingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Reads one as this program writes it or as openssl does: capitals, colons between the bytes, and no prefix are
     * the same.
     *
     * @throws IllegalArgumentException for anything else
     */
    public static Fingerprint parse(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        String digits = lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
        String hex = digits.replace(":", "");
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no fingerprint. Write it as %s and 64 hexadecimal digits.".formatted(text, PREFIX));
        }
        return new Fingerprint(hex);
    }

    /** Several with commas between them: the old one and the new one, while a certificate is replaced. */
    public static Set<Fingerprint> parseAll(String text) {
        Set<Fingerprint> all = new LinkedHashSet<>();
        Arrays.stream(text.split(",", -1)).map(Fingerprint::parse).forEach(all::add);
        return all;
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
