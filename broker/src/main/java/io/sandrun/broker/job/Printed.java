package io.sandrun.broker.job;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a program: its exact bytes and how they travel in JSON.
 *
 * @param kept the bytes, cut at {@link Limits#OUTPUT_KEPT_BYTES}
 * @param text the same as text, U+FFFD where they are not UTF-8
 * @param base64 the same exactly, where they are not UTF-8, else null
 * @param printedBytes bytes that the program printed; more than were kept if it was cut
 */
@SuppressWarnings("ArrayRecordComponent") // bytes on their way from one place to the next; nobody compares them
public record Printed(byte[] kept, String text, @Nullable String base64, long printedBytes) {
    static final Printed NOTHING = new Printed(new byte[0], "", null, 0);

    static Printed of(byte[] kept, long printedBytes) {
        String text = new String(kept, StandardCharsets.UTF_8);
        return new Printed(kept, text, isUtf8(kept) ? null : Base64.getEncoder().encodeToString(kept), printedBytes);
    }

    /**
     * What a node reports.
     *
     * @param base64 the exact bytes where they are not UTF-8, else null
     * @throws Refusal if {@code base64} is none
     */
    static Printed reported(String text, @Nullable String base64, long printedBytes, String field) {
        byte[] bytes = base64 == null ? text.getBytes(StandardCharsets.UTF_8) : decoded(base64, field);
        long total = Math.max(printedBytes, bytes.length);
        if (bytes.length > Limits.OUTPUT_KEPT_BYTES) {
            return of(cut(bytes), total);
        }
        return base64 == null ? new Printed(bytes, text, null, total) : of(bytes, total);
    }

    boolean isTruncated() {
        return printedBytes > kept.length;
    }

    private static byte[] decoded(String base64, String field) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException wrong) {
            throw Refusal.invalidField(field, "base64");
        }
    }

    /** Cuts at the border of a character, so that text stays text. */
    private static byte[] cut(byte[] bytes) {
        int end = Limits.OUTPUT_KEPT_BYTES;
        while (end > Limits.OUTPUT_KEPT_BYTES - 4 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException otherwise) {
            return false;
        }
    }
}
