package io.sandrun.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the environment of whoever calls says. */
final class UserEnvironment {
    private UserEnvironment() {}

    /** A variable; null if it is absent or blank. */
    static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? null : value;
    }

    /** Where programs keep what they make. */
    static Path dataHome() {
        return xdg("XDG_DATA_HOME", Path.of(".local", "share"));
    }

    /** Where people keep what they tell programs. */
    static Path configHome() {
        return xdg("XDG_CONFIG_HOME", Path.of(".config"));
    }

    /** By the XDG Base Directory Specification, in which a relative path is invalid and ignored. */
    private static Path xdg(String name, Path otherwise) {
        String named = System.getenv(name);
        return named != null && Path.of(named).isAbsolute()
                ? Path.of(named)
                : Path.of(System.getProperty("user.home")).resolve(otherwise);
    }
}
