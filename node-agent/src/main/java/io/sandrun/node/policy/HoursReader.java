package io.sandrun.node.policy;

import io.sandrun.node.policy.OpenHours.Span;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads hours as owners write them: {@code Mon-Fri 18:00-08:00}, {@code Sat,Sun}, {@code 22:00-06:00}. */
final class HoursReader {
    static final String RULE =
            "days, hours or both, such as \"Mon-Fri 18:00-08:00\", \"Sat,Sun\" or \"22:00-06:00\"; a day ends at 24:00";

    private static final String TIME = "(\\d{1,2}):(\\d{2})";
    private static final Pattern FORM =
            Pattern.compile("(?<days>[A-Za-z][A-Za-z,-]*)?(?<both> +)?(?<hours>" + TIME + "-" + TIME + ")?");
    private static final int MINUTE_SECONDS = 60;
    private static final int HOUR_SECONDS = 60 * MINUTE_SECONDS;
    private static final int MIDNIGHT = 24 * HOUR_SECONDS;
    private static final int WEEK_DAYS = DayOfWeek.values().length;

    private static final List<String> DAYS = Arrays.stream(DayOfWeek.values())
            .map(day -> day.name().substring(0, 3))
            .toList();

    private HoursReader() {}

    /** Empty for what is none. */
    static Optional<Span> read(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        boolean hasDays = form.group("days") != null;
        boolean hasHours = form.group("hours") != null;
        if ((!hasDays && !hasHours) || (form.group("both") != null) != (hasDays && hasHours)) {
            return Optional.empty();
        }
        Set<DayOfWeek> days = hasDays ? days(form.group("days")) : EnumSet.allOf(DayOfWeek.class);
        if (days.isEmpty()) {
            return Optional.empty();
        }
        if (!hasHours) {
            return Optional.of(OpenHours.dayOf(days));
        }
        int from = seconds(form, 4);
        int to = seconds(form, 6);
        return from < 0 || to < 0 || from == MIDNIGHT || from == to
                ? Optional.empty()
                : Optional.of(OpenHours.spanOf(days, from, to));
    }

    /** After midnight; negative for what is no time of day. */
    private static int seconds(Matcher form, int group) {
        int hour = Integer.parseInt(form.group(group));
        int minute = Integer.parseInt(form.group(group + 1));
        int seconds = hour * HOUR_SECONDS + minute * MINUTE_SECONDS;
        return minute < MINUTE_SECONDS && seconds <= MIDNIGHT ? seconds : -1;
    }

    /** None if one of them is no day. */
    private static Set<DayOfWeek> days(String list) {
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (String part : list.split(",", -1)) {
            String[] ends = part.split("-", -1);
            int first = day(ends[0]);
            int last = day(ends[ends.length - 1]);
            if (ends.length > 2 || first < 0 || last < 0) {
                return Set.of();
            }
            // Over the end of the week, too: Fri-Mon.
            int count = Math.floorMod(last - first, WEEK_DAYS);
            for (int offset = 0; offset <= count; offset++) {
                days.add(DayOfWeek.MONDAY.plus(first + (long) offset));
            }
        }
        return days;
    }

    private static int day(String name) {
        return DAYS.indexOf(name.toUpperCase(Locale.ROOT));
    }
}
