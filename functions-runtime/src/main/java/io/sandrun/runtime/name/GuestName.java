package io.sandrun.runtime.name;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * File names of guests. A name is either taken exactly as it is or not at all: whoever meets it later, on whatever
 * system, shall see one harmless name. Pure functions.
 */
public final class GuestName {
    /** NAME_MAX of every Linux file system. */
    public static final int MAX_BYTES = 255;

    /** What is shown of a name; the rest is an ellipsis. */
    private static final int SHOWN_CHARACTERS = 200;

    private GuestName() {}

    /** The text of these bytes, if they are UTF-8 in its one valid form. */
    public static Optional<String> decode(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /**
     * Why one component of a path is not taken; empty when it is. "." and ".." and the empty name are the caller's
     * business.
     */
    public static Optional<String> fault(String component) {
        if (component.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return Optional.of("has a part of more than " + MAX_BYTES + " bytes");
        }
        for (int index = 0; index < component.length(); ) {
            int point = component.codePointAt(index);
            if (point == '\\') {
                return Optional.of("contains a backslash, which separates names on other systems");
            }
            if (isUnfit(point)) {
                return Optional.of("contains a control character");
            }
            index += Character.charCount(point);
        }
        return Optional.empty();
    }

    /** Controls, line ends, lone surrogates, and what turns the direction of text around. */
    private static boolean isUnfit(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> isDirectional(point);
            default -> false;
        };
    }

    private static boolean isDirectional(int point) {
        return point == 0x061C
                || point == 0x200E
                || point == 0x200F
                || (point >= 0x202A && point <= 0x202E)
                || (point >= 0x2066 && point <= 0x2069);
    }

    /** The name for a message: one line of printable characters, bounded, whatever the bytes were. */
    public static String show(byte[] bytes) {
        Optional<String> text = decode(bytes);
        if (text.isPresent()) {
            return show(text.get());
        }
        StringBuilder shown = new StringBuilder();
        for (int index = 0; index < bytes.length && shown.length() < SHOWN_CHARACTERS; index++) {
            int value = bytes[index] & 0xff;
            appendShown(shown, value < 0x80 ? value : -1, value);
        }
        return shown.length() < SHOWN_CHARACTERS ? shown.toString() : shown + "...";
    }

    /** The name for a message: one line of printable characters, bounded. */
    public static String show(String name) {
        StringBuilder shown = new StringBuilder();
        int index = 0;
        while (index < name.length() && shown.length() < SHOWN_CHARACTERS) {
            int point = name.codePointAt(index);
            appendShown(shown, point, point);
            index += Character.charCount(point);
        }
        return index == name.length() ? shown.toString() : shown + "...";
    }

    private static void appendShown(StringBuilder shown, int point, int value) {
        if (point == '\\') {
            shown.append("\\\\");
        } else if (point >= 0 && !isUnfit(point)) {
            shown.appendCodePoint(point);
        } else if (value <= 0xff) {
            shown.append(String.format(Locale.ROOT, "\\x%02x", value));
        } else {
            shown.append(String.format(Locale.ROOT, "\\u{%x}", value));
        }
    }
}
