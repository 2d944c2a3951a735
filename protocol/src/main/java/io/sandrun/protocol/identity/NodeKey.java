package io.sandrun.protocol.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * An Ed25519 key pair (RFC 8032) of a node or a broker, kept as PKCS#8 PEM (RFC 8410, RFC 7468) in a file that only its
 * owner reads. Immutable and thread-safe.
 */
public final class NodeKey {
    static final String ALGORITHM = "Ed25519";
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    /** A PEM file with an Ed25519 key has 119 bytes; a file that is much larger is not one. */
    private static final long MAX_FILE_BYTES = 4096;

    private static final byte[] PROBE = "sandrun".getBytes(StandardCharsets.US_ASCII);

    private final KeyPair pair;

    private NodeKey(KeyPair pair) {
        this.pair = pair;
    }

    public static NodeKey generate() {
        try {
            return new NodeKey(KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair());
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no Ed25519", missing);
        }
    }

    /**
     * @throws IOException if the file is open to others, cannot be read or is no Ed25519 key in PKCS#8 PEM; the message
     *     says which, and what to do
     */
    public static NodeKey load(Path file) throws IOException {
        checkPrivacy(file);
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(file + " is too large to be a key file.");
        }
        String pem = Files.readString(file, StandardCharsets.ISO_8859_1);
        int begin = pem.indexOf(BEGIN);
        int end = pem.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(file + " is not a private key in PEM form. Make one with `sandrun keygen FILE`.");
        }
        try {
            byte[] pkcs8 = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
            return new NodeKey(pairOf(pkcs8));
        } catch (GeneralSecurityException | IllegalArgumentException broken) {
            throw new IOException(file + " does not hold an Ed25519 key. Make one with `sandrun keygen FILE`.", broken);
        }
    }

    /** A key that others can read or replace proves nothing. */
    private static void checkPrivacy(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + (Files.exists(file) ? " is not a file with a key." : " does not exist."));
        }
        Object owner = Files.getAttribute(file, "unix:uid");
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!owner.equals(self)) {
            throw new IOException("%s belongs to the user %s and not to the one who runs this (%s): `chown %s %s`."
                    .formatted(file, owner, self, self, file));
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)
                .containsAll(mode)) {
            throw new IOException("%s is open to others (%s), and a private key must not be: `chmod 600 %s`."
                    .formatted(file, PosixFilePermissions.toString(mode), file));
        }
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
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded());
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
        byte[] x509 = pair.getPublic().getEncoded();
        // RFC 8410: the raw key is the last 32 bytes of the encoding.
        byte[] raw = Arrays.copyOfRange(x509, x509.length - WorkerKey.RAW_BYTES, x509.length);
        return Base64.getEncoder().encodeToString(raw);
    }

    /** The 64-byte signature of a message. */
    public byte[] sign(byte[] message) {
        try {
            return sign(pair, message);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("a key that was checked when it was loaded cannot sign", broken);
        }
    }

    private static byte[] sign(KeyPair pair, byte[] message) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(pair.getPrivate());
        signature.update(message);
        return signature.sign();
    }

    /**
     * The pair of a private key alone. The JDK has no call that derives the public half, but its generator makes the
     * pair of whatever 32 bytes its random source gives, which is the private key's seed; a signature made with one
     * half and verified with the other proves that it did.
     */
    private static KeyPair pairOf(byte[] pkcs8) throws GeneralSecurityException {
        var privateKey =
                (EdECPrivateKey) KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        byte[] seed = privateKey.getBytes().orElseThrow(() -> new GeneralSecurityException("the key has no bytes"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
        generator.initialize(NamedParameterSpec.ED25519, new SeedSource(seed));
        KeyPair pair = new KeyPair(generator.generateKeyPair().getPublic(), privateKey);
        Signature check = Signature.getInstance(ALGORITHM);
        check.initVerify(pair.getPublic());
        check.update(PROBE);
        if (!check.verify(sign(pair, PROBE))) {
            throw new GeneralSecurityException("the two halves of the key do not fit");
        }
        return pair;
    }

    /** Gives one known seed instead of random bytes. */
    private static final class SeedSource extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final byte[] seed;

        SeedSource(byte[] seed) {
            this.seed = seed;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            System.arraycopy(seed, 0, bytes, 0, bytes.length);
        }
    }
}
