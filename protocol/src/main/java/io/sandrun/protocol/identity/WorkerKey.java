package io.sandrun.protocol.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/** The public half of a {@link NodeKey}: all that one needs to check what a node has signed. Immutable, thread-safe. */
public final class WorkerKey {
    /** Length of a raw Ed25519 public key, bytes. */
    public static final int RAW_BYTES = 32;

    private static final int SIGNATURE_BYTES = 64;
    private static final String ALGORITHM = NodeKey.ALGORITHM;

    /** What RFC 8410 puts before the raw key: a sequence with the algorithm and the head of a bit string. */
    private static final byte[] X509_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final String workerId;
    private final PublicKey key;

    private WorkerKey(String workerId, PublicKey key) {
        this.workerId = workerId;
        this.key = key;
    }

    /** The key that a worker id stands for; empty if the text is not base64 of 32 bytes, written as we write it. */
    public static Optional<WorkerKey> of(String workerId) {
        try {
            byte[] raw = Base64.getDecoder().decode(workerId);
            // One key must have one name: base64 has several texts for the same bytes.
            if (raw.length != RAW_BYTES
                    || !Base64.getEncoder().encodeToString(raw).equals(workerId)) {
                return Optional.empty();
            }
            byte[] x509 = new byte[X509_PREFIX.length + RAW_BYTES];
            System.arraycopy(X509_PREFIX, 0, x509, 0, X509_PREFIX.length);
            System.arraycopy(raw, 0, x509, X509_PREFIX.length, RAW_BYTES);
            PublicKey key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(x509));
            return Optional.of(new WorkerKey(workerId, key));
        } catch (IllegalArgumentException | GeneralSecurityException noKey) {
            return Optional.empty();
        }
    }

    public String workerId() {
        return workerId;
    }

    /** Whether the owner of this key has signed the message; false for whatever is no signature at all. */
    public boolean hasSigned(byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            return false;
        }
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException noPoint) {
            return false;
        }
    }

    /** Likewise of a signature in base64. */
    public boolean hasSigned(byte[] message, String signatureBase64) {
        try {
            return hasSigned(message, Base64.getDecoder().decode(signatureBase64));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }
}
