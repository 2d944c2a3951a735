package io.sandrun.broker.mcp;

import io.sandrun.protocol.log.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** As much of a text as fits: all of it, or its beginning and its end with what was left out between them. */
final class Excerpt {
    /** Of what fits, for the beginning: the end tells how it went, and mostly why. */
    private static final double HEAD = 0.4;

    private Excerpt() {}

    /**
     * @param allBytes that the text has in all, more than are here where it was cut before
     * @param rest says how to get what is left out
     */
    static String of(String text, long allBytes, int bytesMax, String rest) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= bytesMax && allBytes <= bytes.length) {
            return text;
        }
        int headBytes = Utf8.wholeLength(bytes, Math.min(bytes.length, (int) (bytesMax * HEAD)));
        int tailFrom = Math.max(headBytes, bytes.length - (bytesMax - headBytes));
        while (tailFrom < bytes.length && (bytes[tailFrom] & 0xc0) == 0x80) {
            tailFrom++;
        }
        String head = text(bytes, 0, headBytes);
        String tail = text(bytes, tailFrom, bytes.length);
        long before = (long) tailFrom - headBytes;
        long behind = allBytes - bytes.length;
        return head + gap(before, rest) + tail + gap(behind, rest);
    }

    private static String gap(long bytes, String rest) {
        return bytes <= 0 ? "" : "%n[... %,d bytes left out; %s ...]%n".formatted(bytes, rest);
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(Arrays.copyOfRange(bytes, from, to), StandardCharsets.UTF_8);
    }
}
