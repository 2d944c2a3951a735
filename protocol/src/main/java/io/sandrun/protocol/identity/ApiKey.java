package io.sandrun.protocol.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client shows a broker: {@code sandrun_ID_SECRET}, 12 and 64 hexadecimal digits. The beginning lets scanners
 * for leaked secrets find it, the id names it where the secret must not be shown. Immutable and thread-safe; as text of
 * a log it is only its id.
 */
public final class ApiKey {
    /** The header that carries it; {@code Authorization: Bearer KEY} does as well. */
    public static final String HEADER = "X-API-Key";

    private static final String ID_PREFIX = "key-";
    private static final int ID_BYTES = 6;

    /** Nobody guesses 256 bits, so a plain hash protects what is stored, and no slow one is needed. */
    private static final int SECRET_BYTES = 32;

    private static final Pattern FORM = Pattern.compile("sandrun_([0-9a-f]{12})_([0-9a-f]{64})");
    private static final Pattern TRACE = Pattern.compile("sandrun_[0-9a-f]{12}_[0-9a-f]", Pattern.CASE_INSENSITIVE);

    private final String text;
    private final String id;

    private ApiKey(String text, String id) {
        this.text = text;
        this.id = id;
    }

    public static ApiKey generate(SecureRandom random) {
        byte[] bytes = new byte[ID_BYTES + SECRET_BYTES];
        random.nextBytes(bytes);
        String digits = HexFormat.of().formatHex(bytes);
        String id = digits.substring(0, 2 * ID_BYTES);
        return new ApiKey("sandrun_" + id + "_" + digits.substring(2 * ID_BYTES), ID_PREFIX + id);
    }

    /** Empty for what has not the form of a key. */
    public static Optional<ApiKey> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() ? Optional.of(new ApiKey(text, ID_PREFIX + matcher.group(1))) : Optional.empty();
    }

    /** Whether a text has a key in it, or the beginning of one. */
    public static boolean isIn(String text) {
        return TRACE.matcher(text).find();
    }

    /** {@code key-} and 12 digits: what may be shown, and what the broker calls it. */
    public String id() {
        return id;
    }

    /** The secret itself. */
    public String text() {
        return text;
    }

    /** SHA-256 of the whole of it. */
    public byte[] sha256() {
        return Digest.sha256().digest(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ApiKey key && MessageDigest.isEqual(sha256(), key.sha256());
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id;
    }
}
