package io.sandrun.broker.mcp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The images that models look at, told by their first bytes. */
final class ImageType {
    static final int HEAD_BYTES = 12;

    private ImageType() {}

    /** The media type; empty for anything else. */
    static Optional<String> of(byte[] head) {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of("image/png");
        }
        if (text.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of("image/jpeg");
        }
        if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
            return Optional.of("image/gif");
        }
        boolean isWebp = text.startsWith("RIFF") && text.startsWith("WEBP", 8);
        return isWebp ? Optional.of("image/webp") : Optional.empty();
    }
}
