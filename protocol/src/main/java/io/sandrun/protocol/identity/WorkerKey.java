package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/**
 * The public half of a {@link NodeKey}: all that one needs to check what a node has signed. Immutable, thread-safe.
 *
 * <p>It is strict, so that a signature that fits here fits everywhere. RFC 8032 leaves two ways to check one, which
 * differ for keys and signatures that have a part of small order; the library takes the lenient way. Points with such a
 * part are refused here before, and of the others both ways say the same. No honest key or signature has one; under a
 * key of small order anybody could sign.
 */
public final class WorkerKey {
    /** Length of a raw Ed25519 public key, bytes. */
    public static final int RAW_BYTES = Ed25519.PUBLIC_KEY_SIZE;

    private final String workerId;
    private final PublicPoint point;

    private WorkerKey(String workerId, PublicPoint point) {
        this.workerId = workerId;
        this.point = point;
    }

    /** The key that a worker id stands for; empty if the text is not base64 of a public key, written as we write it. */
    public static Optional<WorkerKey> of(String workerId) {
        try {
            byte[] raw = Base64.getDecoder().decode(workerId);
            // One key must have one name: base64 has several texts for the same bytes.
            boolean isNamed = raw.length == RAW_BYTES
                    && Base64.getEncoder().encodeToString(raw).equals(workerId);
            return isNamed
                    ? Optional.ofNullable(Ed25519.validatePublicKeyFullExport(raw, 0))
                            .map(point -> new WorkerKey(workerId, point))
                    : Optional.empty();
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    public String workerId() {
        return workerId;
    }

    /** Whether the owner of this key has signed the message; false for whatever is no signature at all. */
    public boolean hasSigned(byte[] message, byte[] signature) {
        // The signature's first half is a point like a key.
        return signature.length == Ed25519.SIGNATURE_SIZE
                && Ed25519.validatePublicKeyFull(signature, 0)
                && Ed25519.verify(signature, 0, point, message, 0, message.length);
    }

    /** Likewise of a signature in base64, written as we write it: one signature has one text. */
    public boolean hasSigned(byte[] message, String signatureBase64) {
        try {
            byte[] signature = Base64.getDecoder().decode(signatureBase64);
            return Base64.getEncoder().encodeToString(signature).equals(signatureBase64)
                    && hasSigned(message, signature);
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** Likewise of a value's {@link CanonicalJson}, both as they stand in a document that may be anything. */
    boolean hasSigned(JsonNode value, JsonNode signatureBase64) {
        try {
            return signatureBase64.isTextual() && hasSigned(CanonicalJson.bytes(value), signatureBase64.textValue());
        } catch (IllegalArgumentException noText) {
            return false;
        }
    }
}
