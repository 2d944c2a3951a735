package io.sandrun.runtime.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A file or directory as it was when an environment was looked at.
 *
 * @param modifiedNanos since 1970, as exact as the file system tells; {@value #ABSENT} where there was nothing
 * @param sizeBytes of a file; 0 of a directory, whose size means nothing
 */
public record Witness(String path, long modifiedNanos, long sizeBytes) {
    /** A time that no file has. */
    public static final long ABSENT = Long.MIN_VALUE;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Looks now. What cannot be looked at is taken to be absent. */
    public static Witness of(Path path) {
        try {
            BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
            var modified = found.lastModifiedTime().toInstant();
            long nanos = modified.getEpochSecond() * NANOS_PER_SECOND + modified.getNano();
            return new Witness(path.toString(), nanos, found.isDirectory() ? 0 : found.size());
        } catch (IOException unreachable) {
            return new Witness(path.toString(), ABSENT, 0);
        }
    }

    /** Whether it is as it was. */
    public boolean isUnchanged() {
        return equals(of(Path.of(path)));
    }
}
