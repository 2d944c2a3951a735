package io.sandrun.broker.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** An authority of a test's own, and certificates that it vouches for. */
public final class TestCertificates {
    private final X500Name name;
    private final KeyPair keys = keys("EC");
    private final X509CertificateHolder certificate;

    public TestCertificates(String name) {
        this.name = new X500Name("CN=" + name);
        this.certificate = sign(this.name, this.name, keys, keys, true, Instant.now(), Duration.ofDays(1));
    }

    /** Who is vouched for: a key, its certificate, and the authority's behind it. */
    public record Issued(PrivateKey key, X509CertificateHolder certificate, X509CertificateHolder authority) {
        public Issued write(Path certificateFile, Path keyFile) {
            save(certificateFile, certificate, authority);
            save(keyFile, pkcs8(key));
            return this;
        }

        /** For a server that shows it. */
        public SSLContext context() {
            try {
                JcaX509CertificateConverter read = new JcaX509CertificateConverter();
                return new TlsIdentity(key, List.of(read.getCertificate(certificate), read.getCertificate(authority)))
                        .context();
            } catch (CertificateException impossible) {
                throw new AssertionError(impossible);
            }
        }

        /** The key in the form of the algorithm, as older tools write it. */
        public Issued writeOldKey(Path keyFile) {
            save(keyFile, key instanceof ECPrivateKey curve ? withCurve(curve) : key);
            return this;
        }
    }

    public Issued issue(String algorithm, String... hosts) {
        return issue(algorithm, Instant.now(), Duration.ofDays(1), hosts);
    }

    /** Valid from a day before {@code now} on, for so long after it. */
    public Issued issue(String algorithm, Instant now, Duration validFor, String... hosts) {
        KeyPair pair = keys(algorithm);
        return new Issued(
                pair.getPrivate(),
                sign(name, new X500Name("CN=" + hosts[0]), pair, keys, false, now, validFor, hosts),
                certificate);
    }

    public Path saveAuthority(Path file) {
        save(file, certificate);
        return file;
    }

    /** As openssl writes it. */
    private static PemObject withCurve(ECPrivateKey key) {
        try {
            var structure = new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1);
            return new PemObject("EC PRIVATE KEY", structure.getEncoded());
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static Object pkcs8(PrivateKey key) {
        try {
            return new JcaPKCS8Generator(key, null);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static X509CertificateHolder sign(
            X500Name issuer,
            X500Name subject,
            KeyPair of,
            KeyPair by,
            boolean isAuthority,
            Instant now,
            Duration validFor,
            String... hosts) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    new BigInteger(64, new SecureRandom()),
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(validFor)),
                    subject,
                    of.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (hosts.length > 0) {
                GeneralName[] names = new GeneralName[hosts.length];
                for (int index = 0; index < hosts.length; index++) {
                    boolean isAddress = hosts[index].matches("[0-9.]+");
                    names[index] =
                            new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, hosts[index]);
                }
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
            return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate()));
        } catch (IOException | OperatorCreationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (!algorithm.equals("Ed25519")) {
                generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void save(Path file, Object... objects) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (Object object : objects) {
                pem.writeObject(object);
            }
            pem.flush();
            // In one step, as whoever renews certificates does it.
            Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text.toString());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
