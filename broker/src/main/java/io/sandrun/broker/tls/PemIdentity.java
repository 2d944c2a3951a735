package io.sandrun.broker.tls;

import io.sandrun.broker.SettingException;
import io.sandrun.protocol.tls.CertificateFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/**
 * Reads a certificate and its private key out of PEM files, in the forms that tools write them: PKCS#8, and the older
 * ones for RSA and elliptic curves. Either file may hold more than what is looked for in it.
 */
final class PemIdentity {
    private static final String CERTIFICATE_SETTING = "tls_cert";
    private static final String KEY_SETTING = "tls_key";

    /** A long chain has some 20 KiB. */
    static final int FILE_BYTES_MAX = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \\1-----", Pattern.DOTALL);

    private static final byte[] PROBE = "sandrun".getBytes(StandardCharsets.US_ASCII);

    private record Block(String type, String text) {
        boolean isCertificate() {
            return type.endsWith("CERTIFICATE");
        }

        boolean isKey() {
            return type.endsWith("PRIVATE KEY");
        }

        boolean isEncrypted() {
            return type.startsWith("ENCRYPTED") || text.contains("Proc-Type: 4,ENCRYPTED");
        }
    }

    private PemIdentity() {}

    /** @throws SettingException that names the file and says what is wrong with it */
    static TlsIdentity read(Path certificateFile, Path keyFile, Instant now) {
        List<X509Certificate> chain = certificates(certificateFile);
        X509Certificate own = chain.get(0);
        PrivateKey key = key(keyFile, own, certificateFile);
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw new SettingException(
                    CERTIFICATE_SETTING,
                    "The certificate in %s ran out on %s: renew it."
                            .formatted(certificateFile, own.getNotAfter().toInstant()));
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            throw new SettingException(
                    CERTIFICATE_SETTING,
                    "The certificate in %s is not valid before %s; this machine's clock says %s."
                            .formatted(certificateFile, own.getNotBefore().toInstant(), now));
        }
        return new TlsIdentity(key, chain);
    }

    private static List<X509Certificate> certificates(Path file) {
        try {
            return CertificateFile.read(file);
        } catch (IOException unusable) {
            throw new SettingException(CERTIFICATE_SETTING, String.valueOf(unusable.getMessage()));
        }
    }

    private static PrivateKey key(Path file, X509Certificate own, Path certificateFile) {
        List<Block> blocks = blocks(file);
        Block block = blocks.stream()
                .filter(Block::isKey)
                .findFirst()
                .orElseThrow(() -> new SettingException(
                        KEY_SETTING,
                        "%s has no private key in PEM form%s."
                                .formatted(
                                        file,
                                        blocks.stream().anyMatch(Block::isCertificate)
                                                ? ", but a certificate: are two files mixed up?"
                                                : "")));
        if (block.isEncrypted()) {
            throw new SettingException(
                    KEY_SETTING,
                    ("The key in %s is encrypted, and nobody is there to type a password when a server starts: "
                                    + "`openssl pkey -in %s -out FILE` writes one without.")
                            .formatted(file, file));
        }
        byte[] pkcs8 = pkcs8(file, block);
        return fitting(pkcs8, own)
                .orElseThrow(() -> new SettingException(
                        KEY_SETTING,
                        ("The key in %s does not belong to the first certificate in %s (%s), which must be the "
                                        + "broker's own.")
                                .formatted(file, certificateFile, own.getSubjectX500Principal())));
    }

    private static byte[] pkcs8(Path file, Block block) {
        try (PEMParser parser = new PEMParser(new StringReader(block.text()))) {
            Object parsed = parser.readObject();
            if (parsed instanceof PEMKeyPair pair) {
                return pair.getPrivateKeyInfo().getEncoded();
            }
            if (parsed instanceof PrivateKeyInfo info) {
                return info.getEncoded();
            }
        } catch (IOException | IllegalArgumentException | IllegalStateException broken) {
            throw new SettingException(KEY_SETTING, "The key in %s cannot be read: %s.".formatted(file, broken));
        }
        throw new SettingException(
                KEY_SETTING, "The key in %s is of a form that is not known here: use PKCS#8.".formatted(file));
    }

    /** The key, if what it signs is what the certificate's key vouches for. */
    private static Optional<PrivateKey> fitting(byte[] pkcs8, X509Certificate own) {
        String algorithm = own.getPublicKey().getAlgorithm();
        try {
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> algorithm;
                    });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(own.getPublicKey());
            signature.update(PROBE);
            return signature.verify(signed) ? Optional.of(key) : Optional.empty();
        } catch (GeneralSecurityException otherKind) {
            return Optional.empty();
        }
    }

    private static List<Block> blocks(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new SettingException(
                        KEY_SETTING, "%s %s.".formatted(file, Files.exists(file) ? "is no file" : "does not exist"));
            }
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new SettingException(KEY_SETTING, "%s is too large to be a PEM file.".formatted(file));
            }
            Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            List<Block> blocks = new ArrayList<>();
            while (matcher.find()) {
                blocks.add(new Block(matcher.group(1), matcher.group() + "\n"));
            }
            return blocks;
        } catch (IOException unreadable) {
            throw new SettingException(KEY_SETTING, "%s cannot be read: %s.".formatted(file, unreadable));
        }
    }
}
