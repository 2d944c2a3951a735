package io.sandrun.node.artifact;

import io.sandrun.protocol.identity.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** SHA-256 as the name of bytes: 64 lower-case hexadecimal digits. */
final class ArtifactDigest {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    private ArtifactDigest() {}

    static boolean isDigest(String text) {
        return FORM.matcher(text).matches();
    }

    static String of(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return Digest.of(stream);
        }
    }
}
