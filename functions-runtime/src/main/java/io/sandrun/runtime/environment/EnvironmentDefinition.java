package io.sandrun.runtime.environment;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an environment should be; whether it is, a {@link EnvironmentProbe} finds out.
 *
 * @param language the interpreter by the name that jobs use, {@code python3} or {@code node}
 * @param executable that interpreter, or null for the first on the PATH
 * @param packages name to the modules that are imported to see that it works, in the order in which they are shown
 * @param preload modules that a job most likely imports
 * @param layer directory with packages of its own, or null for those that the interpreter finds by itself
 * @param hint what to do when a package is missing; may be empty
 */
public record EnvironmentDefinition(
        String name,
        String language,
        @Nullable Path executable,
        Map<String, List<String>> packages,
        List<String> preload,
        @Nullable Path layer,
        String hint) {
    public EnvironmentDefinition {
        Map<String, List<String>> ordered = new LinkedHashMap<>();
        packages.forEach((known, modules) -> ordered.put(known, List.copyOf(modules)));
        packages = Collections.unmodifiableMap(ordered);
        preload = List.copyOf(preload);
    }

    /** Languages whose environments can be checked. */
    public static List<String> languages() {
        return EnvironmentLanguage.names();
    }
}
