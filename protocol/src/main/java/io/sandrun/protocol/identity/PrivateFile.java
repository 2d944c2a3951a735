package io.sandrun.protocol.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Reads files with secrets in them, which others must neither read nor replace. */
public final class PrivateFile {
    /** A key in PEM has 119 bytes, an API key 86; a file that is much larger has neither. */
    private static final long MAX_BYTES = 4096;

    private PrivateFile() {}

    /**
     * @throws IOException if the file is open to others, cannot be read or is too large; the message says which, and
     *     what to do
     */
    public static String read(Path file) throws IOException {
        check(file);
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " is too large to be a key file.");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /** A key that others can read or replace proves nothing. */
    private static void check(Path file) throws IOException {
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
}
