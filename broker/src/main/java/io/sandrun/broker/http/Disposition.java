package io.sandrun.broker.http;

import io.sandrun.broker.Refusal;
import io.sandrun.protocol.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the header Content-Disposition says of a part, in all the ways in which clients write it: quoted or not, with
 * quotes escaped or as {@code %22}, in UTF-8 or as {@code filename*=UTF-8''...}.
 *
 * @param name of the field
 * @param fileName of the file, or null
 */
record Disposition(String name, @Nullable String fileName) {
    /** @throws Refusal if it is none of a form's field */
    static Disposition parse(String header) {
        String name = null;
        String fileName = null;
        String extended = null;
        int at = end(header, 0);
        if (!header.substring(0, at).strip().equalsIgnoreCase("form-data")) {
            throw refused("must be form-data");
        }
        while (at < header.length()) {
            int next = end(header, at + 1);
            String parameter = header.substring(at + 1, next);
            at = next;
            int equals = parameter.indexOf('=');
            String key = (equals < 0 ? parameter : parameter.substring(0, equals))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            String value =
                    equals < 0 ? "" : unquoted(parameter.substring(equals + 1).strip());
            switch (key) {
                case "name" -> name = once(name, key, unescaped(value));
                case "filename" -> fileName = once(fileName, key, unescaped(value));
                case "filename*" -> extended = once(extended, key, decoded(value));
                default -> {
                    // Sizes and dates, which nobody needs.
                }
            }
        }
        if (name == null) {
            throw refused("must have a name");
        }
        return new Disposition(name, extended != null ? extended : fileName);
    }

    /** Where a parameter ends: at the next semicolon that is in no quotes, or with the header. */
    private static int end(String header, int from) {
        boolean isQuoted = false;
        for (int at = from; at < header.length(); at++) {
            char next = header.charAt(at);
            if (next == '"' && !(isQuoted && header.charAt(at - 1) == '\\')) {
                isQuoted = !isQuoted;
            } else if (next == ';' && !isQuoted) {
                return at;
            }
        }
        if (isQuoted) {
            throw refused("has a quote that is not closed");
        }
        return header.length();
    }

    /** A backslash before anything but a quote is part of a name: some clients write paths of another system. */
    private static String unquoted(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        String inside = value.substring(1, Math.max(1, value.length() - 1)).replace("\\\"", "");
        if (value.length() < 2 || !value.endsWith("\"") || inside.indexOf('"') >= 0) {
            throw refused("has something behind a closing quote");
        }
        return value.substring(1, value.length() - 1).replace("\\\"", "\"");
    }

    private static String once(@Nullable String before, String key, String value) {
        if (before != null) {
            throw refused("has " + key + " twice");
        }
        return value;
    }

    /** Browsers and curl write a quote in a name so, and line ends, which no file may have in its name. */
    private static String unescaped(String value) {
        return value.replace("%22", "\"")
                .replace("%0D", "\r")
                .replace("%0d", "\r")
                .replace("%0A", "\n")
                .replace("%0a", "\n");
    }

    /** The form of RFC 8187: charset, language and bytes with apostrophes between them. */
    private static String decoded(String value) {
        String[] parts = value.split("'", 3);
        if (parts.length < 3) {
            throw refused("has a filename* that is not written as UTF-8''NAME");
        }
        Charset charset = switch (parts[0].toUpperCase(Locale.ROOT)) {
            case "UTF-8" -> StandardCharsets.UTF_8;
            case "ISO-8859-1" -> StandardCharsets.ISO_8859_1;
            default -> throw refused("has a filename* that is neither UTF-8 nor ISO-8859-1");
        };
        return new String(bytes(parts[2]), charset);
    }

    private static byte[] bytes(String escaped) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int at = 0; at < escaped.length(); at++) {
            char next = escaped.charAt(at);
            if (next != '%') {
                bytes.write(next);
                continue;
            }
            int high = at + 2 < escaped.length() ? Character.digit(escaped.charAt(at + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(escaped.charAt(at + 2), 16);
            if (low < 0) {
                throw refused("has a filename* with a % that escapes nothing");
            }
            bytes.write(high * 16 + low);
            at += 2;
        }
        return bytes.toByteArray();
    }

    private static Refusal refused(String why) {
        return new Refusal(
                ErrorCode.INVALID_MULTIPART,
                "The header Content-Disposition of a part " + why + ".",
                Map.of("field", "Content-Disposition"));
    }
}
