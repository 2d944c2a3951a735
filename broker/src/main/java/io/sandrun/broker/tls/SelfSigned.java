package io.sandrun.broker.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate that nobody vouches for but its own key: clients know it by its fingerprint. It is valid for long,
 * since a new one would have to be told to all of them. ECDSA on P-256, since browsers take no Ed25519 here.
 */
final class SelfSigned {
    private static final String CURVE = "secp256r1";
    private static final Duration VALID = Duration.ofDays(3650);

    /** Machines whose clock is behind ours take it, too. */
    private static final Duration BACKDATED = Duration.ofDays(1);

    private static final int SERIAL_BITS = 127;

    private SelfSigned() {}

    /**
     * Makes the file, key and certificate in one.
     *
     * @param names host names and addresses under which the broker is called
     */
    static void make(Path file, Collection<String> names, Instant now) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        // Created with its mode, and complete before it has its name.
        Path fresh = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                file.getFileName().toString(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(fresh, pem(names, now), StandardCharsets.US_ASCII);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static String pem(Collection<String> names, Instant now) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            KeyPair pair = generator.generateKeyPair();
            StringWriter text = new StringWriter();
            try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
                pem.writeObject(new JcaPKCS8Generator(pair.getPrivate(), null));
                pem.writeObject(certificate(pair, names, now));
            }
            return text.toString();
        } catch (GeneralSecurityException | OperatorCreationException missing) {
            throw new IllegalStateException("this Java cannot make a certificate", missing);
        }
    }

    private static X509CertificateHolder certificate(KeyPair pair, Collection<String> names, Instant now)
            throws IOException, OperatorCreationException {
        X500Name self = new X500Name("CN=Sandrun broker");
        GeneralName[] subjects = names.stream().map(SelfSigned::subject).toArray(GeneralName[]::new);
        return new JcaX509v3CertificateBuilder(
                        self,
                        new BigInteger(SERIAL_BITS, new SecureRandom()),
                        Date.from(now.minus(BACKDATED)),
                        Date.from(now.plus(VALID)),
                        self,
                        pair.getPublic())
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(subjects))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    }

    private static GeneralName subject(String name) {
        boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }
}
