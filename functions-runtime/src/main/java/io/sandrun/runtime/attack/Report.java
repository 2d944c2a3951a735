package io.sandrun.runtime.attack;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the attack program said of itself.
 *
 * @param error name of the errno that blocked it, or "-"
 */
public record Report(Said said, String error, String seen) {
    /** The words of attack/main.c. */
    public enum Said {
        SUCCEEDED,
        BLOCKED,
        ABSENT,
        PLANTED
    }

    private static final Pattern LINE =
            Pattern.compile("(?m)^attack: (succeeded|blocked|absent|planted) ([A-Z0-9]+|-|errno \\d+): (.*)$");

    /** The last line of that kind in what it printed. */
    public static Optional<Report> in(byte[] output) {
        Matcher line = LINE.matcher(new String(output, StandardCharsets.UTF_8));
        Report last = null;
        while (line.find()) {
            last = new Report(Said.valueOf(line.group(1).toUpperCase(Locale.ROOT)), line.group(2), line.group(3));
        }
        return Optional.ofNullable(last);
    }

    @Override
    public String toString() {
        return error.equals("-") ? seen : error + " (" + seen + ")";
    }
}
