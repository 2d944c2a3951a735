package io.sandrun.broker.job;

import io.sandrun.protocol.OutputReport.File;
import java.net.URLConnection;

/**
 * A file that a job left, as clients are told of it.
 *
 * @param sha256Hash the same as {@code sha256}: some clients read the one, some the other
 * @param type the media type that its name suggests
 */
public record OutputFile(String path, long sizeBytes, String sha256, String sha256Hash, String type) {
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    static OutputFile of(File file) {
        return new OutputFile(file.path(), file.sizeBytes(), file.sha256(), file.sha256(), type(file.path()));
    }

    /** The media type that a name suggests. */
    public static String type(String path) {
        String guess = URLConnection.getFileNameMap().getContentTypeFor(path);
        return guess == null ? UNKNOWN_TYPE : guess;
    }
}
