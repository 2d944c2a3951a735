package io.sandrun.node.policy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Small files that an owner's commands and the node leave for each other. */
final class OwnersFile {
    /** Some hundred times what a policy needs. */
    private static final int BYTES_MAX = 64 * 1024;

    /** The one who writes it and the one who reads it may be different users. */
    private static final Set<PosixFilePermission> FOR_ALL_TO_READ = PosixFilePermissions.fromString("rw-r--r--");

    private OwnersFile() {}

    /**
     * @throws java.nio.file.NoSuchFileException if there is nothing of that name
     * @throws IOException also for what is no file, or too long to be one of ours
     */
    static byte[] read(Path file) throws IOException {
        // Somebody has put it there, and the disk that it leads to may come later: that is not nothing.
        if (Files.isSymbolicLink(file) && Files.notExists(file)) {
            throw new IOException("it is a link to nothing");
        }
        // Of a pipe or a device nobody knows when it ends.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException("it is no file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new IOException("it has more than " + BYTES_MAX + " bytes");
            }
            return bytes;
        }
    }

    /** Whole or not at all. */
    static void write(Path file, byte[] bytes) throws IOException {
        Path beside = Files.createTempFile(
                file.toAbsolutePath().getParent(), file.getFileName().toString(), ".new");
        try {
            Files.write(beside, bytes);
            Files.setPosixFilePermissions(beside, FOR_ALL_TO_READ);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
