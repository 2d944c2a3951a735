package io.sandrun.protocol.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A file with certificates in PEM form; other things in it, such as keys and comments, are passed over. */
public final class CertificateFile {
    /** Every authority of a distribution in one file has some 250 KiB. */
    private static final long BYTES_MAX = 4L << 20;

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN (X509 )?CERTIFICATE-----.*?-----END (X509 )?CERTIFICATE-----", Pattern.DOTALL);

    private CertificateFile() {}

    /**
     * @return at least one, in the order in which they stand
     * @throws IOException if there is none, or the file cannot be read; the message names it and says which
     */
    public static List<X509Certificate> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is no file." : " does not exist."));
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is too large to be a file with certificates.");
        }
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        List<X509Certificate> found = new ArrayList<>();
        for (Matcher block = CERTIFICATE.matcher(text); block.find(); ) {
            found.add(certificate(file, block.group()));
        }
        if (found.isEmpty()) {
            throw new IOException("%s has no certificate in PEM form%s."
                    .formatted(
                            file,
                            text.contains("PRIVATE KEY-----") ? ", but a private key: are two files mixed up?" : ""));
        }
        return found;
    }

    private static X509Certificate certificate(Path file, String block) throws IOException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (CertificateException broken) {
            throw new IOException("A certificate in %s cannot be read: %s.".formatted(file, broken), broken);
        }
    }
}
