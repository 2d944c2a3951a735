package io.sandrun.broker.artifact;

import java.util.regex.Pattern;

/**
 * A file that is named by its bytes.
 *
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 */
public record Artifact(String sha256, long sizeBytes) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public Artifact {
        if (!isDigest(sha256) || sizeBytes < 0) {
            throw new IllegalArgumentException("no artifact is called " + sha256 + " and has " + sizeBytes + " bytes");
        }
    }

    /** Whether this may be an artifact's name; nothing else ever becomes part of a path. */
    public static boolean isDigest(String sha256) {
        return DIGEST.matcher(sha256).matches();
    }
}
