package io.sandrun.protocol.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one text of a JSON value, which is what gets signed: byte for byte what Python's {@code json.dumps(value,
 * sort_keys=True)} writes for the value as Python's {@code json.loads} reads it, so that a client needs nothing but
 * Python to check a signature.
 *
 * <p>Keys are sorted by code point, separators are {@code ", "} and {@code ": "}, everything but printable ASCII is an
 * escape, whole numbers stay whole, and others are the shortest decimal that reads back as the same double, with an
 * exponent below 1e-4 and from 1e16 on.
 */
public final class CanonicalJson {
    /** Orders as Python does: by code point, where {@link String#compareTo} puts U+FFFD behind all beyond U+FFFF. */
    static final Comparator<String> BY_CODE_POINT = CanonicalJson::compareCodePoints;

    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /** Where Python's {@code repr} begins to write an exponent. */
    private static final int SMALLEST_PLAIN_EXPONENT = -4;

    private static final int LARGEST_PLAIN_EXPONENT = 15;

    /** So many significant digits tell every double from every other. */
    private static final int DOUBLE_DIGITS = 17;

    private static final double THOUSAND = 1_000;

    /** Has 15 digits, and every decimal of 15 is another double. */
    private static final long THOUSANDTHS_MAX = 999_999_999_999_999L;

    private CanonicalJson() {}

    /**
     * The text as the bytes that are signed; all of them ASCII.
     *
     * @throws IllegalArgumentException for what JSON has no text for: infinities, not-a-number, binary data
     */
    public static byte[] bytes(JsonNode value) {
        return text(value).getBytes(StandardCharsets.US_ASCII);
    }

    /** Likewise as text. */
    public static String text(JsonNode value) {
        StringBuilder text = new StringBuilder();
        append(text, value);
        return text.toString();
    }

    private static void append(StringBuilder text, JsonNode value) {
        switch (value.getNodeType()) {
            case OBJECT -> appendObject(text, value);
            case ARRAY -> appendArray(text, value);
            case STRING -> appendString(text, value.textValue());
            case BOOLEAN -> text.append(value.booleanValue());
            case NULL -> text.append("null");
            case NUMBER -> text.append(value.isIntegralNumber() ? value.asText() : repr(value.doubleValue()));
            default -> throw new IllegalArgumentException("not a value that JSON has: " + value.getNodeType());
        }
    }

    private static void appendObject(StringBuilder text, JsonNode object) {
        Map<String, JsonNode> sorted = new TreeMap<>(BY_CODE_POINT);
        object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
        text.append('{');
        for (Iterator<Map.Entry<String, JsonNode>> fields = sorted.entrySet().iterator(); fields.hasNext(); ) {
            Map.Entry<String, JsonNode> field = fields.next();
            appendString(text, field.getKey());
            text.append(": ");
            append(text, field.getValue());
            text.append(fields.hasNext() ? ", " : "");
        }
        text.append('}');
    }

    private static void appendArray(StringBuilder text, JsonNode array) {
        text.append('[');
        for (int index = 0; index < array.size(); index++) {
            text.append(index > 0 ? ", " : "");
            append(text, array.get(index));
        }
        text.append(']');
    }

    /** Nearly all of it stands for itself, and goes over in stretches. */
    private static void appendString(StringBuilder text, String string) {
        text.append('"');
        int begin = 0;
        for (int index = 0; index < string.length(); index++) {
            char character = string.charAt(index);
            if (!isPlain(character)) {
                appendEscaped(text.append(string, begin, index), character);
                begin = index + 1;
            }
        }
        text.append(string, begin, string.length()).append('"');
    }

    private static boolean isPlain(char character) {
        return character >= ' ' && character <= '~' && character != '"' && character != '\\';
    }

    private static void appendEscaped(StringBuilder text, char character) {
        switch (character) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\r' -> text.append("\\r");
            case '\t' -> text.append("\\t");
            case '\f' -> text.append("\\f");
            case '\b' -> text.append("\\b");
            default -> {
                text.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    text.append(HEX[(character >> shift) & 0xf]);
                }
            }
        }
    }

    /** Python's {@code repr} of a float. */
    static String repr(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no text for " + value);
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        if (value == 0) {
            return sign + "0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent < SMALLEST_PLAIN_EXPONENT || exponent > LARGEST_PLAIN_EXPONENT) {
            String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
            return "%s%c%se%c%02d"
                    .formatted(sign, digits.charAt(0), fraction, exponent < 0 ? '-' : '+', Math.abs(exponent));
        }
        String plain = shortest.toPlainString();
        return sign + (plain.indexOf('.') < 0 ? plain + ".0" : plain);
    }

    /**
     * The shortest decimal that reads back as this double, and of several the one nearest to it. Not {@link
     * Double#toString(double)}, which up to Java 18 may write more digits than are needed, and later always two.
     */
    private static BigDecimal shortest(double value) {
        long thousandths = Math.round(value * THOUSAND);
        if (thousandths <= THOUSANDTHS_MAX && thousandths / THOUSAND == value) {
            // What we write ourselves. Two decimals of so few digits are never the same double: no shorter one is.
            return BigDecimal.valueOf(thousandths, 3).stripTrailingZeros();
        }
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < DOUBLE_DIGITS; digits++) {
            BigDecimal below = exact.round(new MathContext(digits, RoundingMode.FLOOR));
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.CEILING));
            boolean fitsBelow = below.doubleValue() == value;
            boolean fitsAbove = above.doubleValue() == value;
            if (fitsBelow || fitsAbove) {
                // Beside a power of two the nearest of this length may not fit, and the other one does.
                BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
                BigDecimal found = fitsBelow && fitsAbove ? nearest : fitsBelow ? below : above;
                return found.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(DOUBLE_DIGITS, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
    }

    private static int compareCodePoints(String one, String other) {
        int shorter = Math.min(one.length(), other.length());
        for (int index = 0; index < shorter; ) {
            int left = one.codePointAt(index);
            int right = other.codePointAt(index);
            if (left != right) {
                return Integer.compare(left, right);
            }
            index += Character.charCount(left);
        }
        return Integer.compare(one.length(), other.length());
    }
}
