package io.sandrun.protocol;

import java.util.regex.Pattern;

/** What an environment may be called: a name that is safe in a path, a URL and a terminal. */
public final class EnvironmentName {
    /** The rule in words that follow "must be". */
    public static final String RULE = "1 to " + Limits.ENVIRONMENT_NAME_CHARACTERS
            + " letters, digits and any of . _ - of which the first is a letter or a digit";

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (Limits.ENVIRONMENT_NAME_CHARACTERS - 1) + "}");

    private EnvironmentName() {}

    public static boolean isValid(String name) {
        return NAME.matcher(name).matches();
    }
}
