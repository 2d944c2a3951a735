package io.sandrun.broker.tls;

import io.sandrun.protocol.tls.Fingerprint;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A private key and the certificate that goes with it.
 *
 * @param chain the certificate, and after it those that vouch for it
 */
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
    /** How the JDK numbers the kinds of names (RFC 5280). */
    private static final Integer DNS_NAME = 2;

    public TlsIdentity {
        chain = List.copyOf(chain);
    }

    public Fingerprint fingerprint() {
        return Fingerprint.of(certificate());
    }

    /** When the certificate runs out. */
    public Instant endsAt() {
        return certificate().getNotAfter().toInstant();
    }

    /** The host names for which the certificate is, in lower case; not those with a star. */
    public Set<String> names() {
        try {
            Collection<List<?>> subjects = certificate().getSubjectAlternativeNames();
            return subjects == null
                    ? Set.of()
                    : subjects.stream()
                            .filter(subject -> subject.get(0).equals(DNS_NAME))
                            .map(subject -> String.valueOf(subject.get(1)).toLowerCase(Locale.ROOT))
                            .filter(name -> !name.startsWith("*"))
                            .collect(Collectors.toUnmodifiableSet());
        } catch (CertificateParsingException unreadable) {
            return Set.of();
        }
    }

    X509Certificate certificate() {
        return chain.get(0);
    }

    /** For a server that shows this one. */
    public SSLContext context() {
        // The store lives in memory alone: its password keeps nothing from anybody.
        char[] password = {};
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("broker", key, password, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("a key that was tried cannot be used", impossible);
        }
    }

    /** Never with the key. */
    @Override
    public String toString() {
        return fingerprint().toString();
    }
}
