package io.sandrun.runtime.attack;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills the placeholders of attacks.txt. Pure functions. */
public final class Places {
    private static final Pattern PLACE = Pattern.compile("\\{([a-z-]+)}");

    private Places() {}

    /** @throws IllegalArgumentException if a placeholder is unknown */
    public static List<String> fill(List<String> arguments, Map<String, String> places) {
        return arguments.stream().map(argument -> fill(argument, places)).toList();
    }

    static String fill(String argument, Map<String, String> places) {
        return PLACE.matcher(argument).replaceAll(place -> {
            String value = places.get(place.group(1));
            if (value == null) {
                throw new IllegalArgumentException("no such place: " + place.group());
            }
            return Matcher.quoteReplacement(value);
        });
    }
}
