package io.sandrun.broker.job;

import io.sandrun.protocol.OutputReport.File;
import java.net.URLConnection;
import java.util.Locale;
import java.util.Map;

/**
 * A file that a job left, as clients are told of it.
 *
 * @param sha256Hash the same as {@code sha256}: some clients read the one, some the other
 * @param type the media type that its name suggests
 */
public record OutputFile(String path, long sizeBytes, String sha256, String sha256Hash, String type) {
    private static final String UNKNOWN_TYPE = "application/octet-stream";

    /** Where Java has no type, or one that depends on which Java it is. */
    private static final Map<String, String> BY_ENDING = Map.of(
            "svg",
            "image/svg+xml",
            // As what they are, pages of the broker's own origin could run them.
            "js",
            "text/plain",
            "mjs",
            "text/plain");

    static OutputFile of(File file) {
        return new OutputFile(file.path(), file.sizeBytes(), file.sha256(), file.sha256(), type(file.path()));
    }

    /** The media type that a name suggests. */
    public static String type(String path) {
        String ending = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String known = BY_ENDING.get(ending);
        String guess = known == null ? URLConnection.getFileNameMap().getContentTypeFor(path) : known;
        return guess == null ? UNKNOWN_TYPE : guess;
    }
}
