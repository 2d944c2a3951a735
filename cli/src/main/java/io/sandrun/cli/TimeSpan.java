package io.sandrun.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads how long something lasts, as people write it: {@code 90m}, {@code 2h}, {@code 1d12h}. */
final class TimeSpan implements ITypeConverter<Duration> {
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,4})d)?(?:(\\d{1,5})h)?(?:(\\d{1,6})m)?(?:(\\d{1,7})s)?");
    private static final Duration LONGEST = Duration.ofDays(366);

    @Override
    public Duration convert(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            Duration span = Duration.ofDays(count(form, 1))
                    .plusHours(count(form, 2))
                    .plusMinutes(count(form, 3))
                    .plusSeconds(count(form, 4));
            if (!span.isZero() && span.compareTo(LONGEST) <= 0) {
                return span;
            }
        }
        throw new TypeConversionException(
                "'%s' is no time such as 90m, 2h or 1d12h, of a year at most".formatted(text));
    }

    private static long count(Matcher form, int group) {
        return form.group(group) == null ? 0 : Long.parseLong(form.group(group));
    }
}
