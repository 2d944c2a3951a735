package io.sandrun.protocol.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 key pair (RFC 8032) of a node or a broker, kept as PKCS#8 PEM (RFC 8410, RFC 7468) in a file that only its
 * owner reads. Immutable and thread-safe.
 */
public final class NodeKey {
    private static final String ALGORITHM = "Ed25519";
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    /** What RFC 8410 puts before the 32 bytes of a private key: version, algorithm, and heads of two octet strings. */
    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final byte[] seed;
    private final byte[] publicKey = new byte[WorkerKey.RAW_BYTES];
    private final String workerId;

    private NodeKey(byte[] seed) {
        this.seed = seed;
        Ed25519.generatePublicKey(seed, 0, publicKey, 0);
        this.workerId = Base64.getEncoder().encodeToString(publicKey);
    }

    public static NodeKey generate() {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        Ed25519.generatePrivateKey(new SecureRandom(), seed);
        return new NodeKey(seed);
    }

    /**
     * @throws IOException if the file is open to others, cannot be read or is no Ed25519 key in PKCS#8 PEM; the message
     *     says which, and what to do
     */
    public static NodeKey load(Path file) throws IOException {
        String pem = PrivateFile.read(file);
        int begin = pem.indexOf(BEGIN);
        int end = pem.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(file + " is not a private key in PEM form. Make one with `sandrun keygen FILE`.");
        }
        try {
            byte[] pkcs8 = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
            return new NodeKey(seedOf(pkcs8));
        } catch (GeneralSecurityException | IllegalArgumentException broken) {
            throw new IOException(file + " does not hold an Ed25519 key. Make one with `sandrun keygen FILE`.", broken);
        }
    }

    private static byte[] seedOf(byte[] pkcs8) throws GeneralSecurityException {
        var privateKey =
                (EdECPrivateKey) KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        return privateKey.getBytes().orElseThrow(() -> new GeneralSecurityException("the key has no bytes"));
    }

    /** The key in {@code file}, which is made with a new one if it does not exist. */
    public static NodeKey loadOrCreate(Path file) throws IOException {
        if (Files.exists(file)) {
            return load(file);
        }
        NodeKey key = generate();
        key.save(file);
        return key;
    }

    /**
     * Writes the private key, mode 0600.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the file exists: a key is never overwritten
     */
    public void save(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        byte[] pkcs8 = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + seed.length);
        System.arraycopy(seed, 0, pkcs8, PKCS8_PREFIX.length, seed.length);
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pkcs8);
        String pem = BEGIN + "\n" + body + "\n" + END + "\n";
        // Created with its mode, so that no moment exists in which others could open it.
        try (var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(StandardCharsets.US_ASCII.encode(pem));
        }
    }

    /** The node's id in receipts and allow-lists: base64 with padding of the raw 32-byte public key. */
    public String workerId() {
        return workerId;
    }

    /** The 64-byte signature of a message. */
    public byte[] sign(byte[] message) {
        byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
        Ed25519.sign(seed, 0, publicKey, 0, message, 0, message.length, signature, 0);
        return signature;
    }
}
