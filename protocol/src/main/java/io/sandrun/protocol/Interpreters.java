package io.sandrun.protocol;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The interpreters that a job may name. Which of them exist is each node's to say. */
public final class Interpreters {
    /** What a job gets that names none: the default of the older clients. */
    public static final String DEFAULT = "python3";

    /** Every name, in the order in which help texts list them. */
    public static final List<String> NAMES =
            List.of("python3", "node", "bash", "sh", "ruby", "perl", "Rscript", "java");

    private static final Map<String, String> ALIASES =
            Map.of("python", "python3", "py", "python3", "nodejs", "node", "javascript", "node", "r", "Rscript");

    private static final Map<String, String> BY_FILE_ENDING = Map.of(
            "py", "python3",
            "js", "node",
            "mjs", "node",
            "cjs", "node",
            "sh", "bash",
            "rb", "ruby",
            "pl", "perl",
            "R", "Rscript",
            "r", "Rscript",
            "java", "java");

    private Interpreters() {}

    /** The name that nodes advertise for what a user wrote ({@code python} is {@code python3}), or empty if unknown. */
    public static Optional<String> canonical(String name) {
        String canonical = ALIASES.getOrDefault(name, name);
        return NAMES.contains(canonical) ? Optional.of(canonical) : Optional.empty();
    }

    /** The interpreter for a file by its ending, or empty if the ending tells nothing. */
    public static Optional<String> forFileName(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot < 0 ? Optional.empty() : Optional.ofNullable(BY_FILE_ENDING.get(fileName.substring(dot + 1)));
    }
}
