package io.sandrun.protocol.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file to send.
 *
 * @param name under which it is sent: a path with slashes where it stands in folders, without control characters
 * @param sizeBytes or -1 if that is not known before it has been read
 * @param content opened once for each time that it is sent
 */
public record UploadFile(String name, long sizeBytes, Content content) {
    /** Opens the file at its beginning; whoever opens it closes it. */
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;
    }

    public static UploadFile of(String name, Path file) throws IOException {
        return new UploadFile(name, Files.size(file), () -> Files.newInputStream(file));
    }
}
