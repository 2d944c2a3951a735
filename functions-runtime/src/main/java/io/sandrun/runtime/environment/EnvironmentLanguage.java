package io.sandrun.runtime.environment;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What differs between the languages that environments are for.
 *
 * @param interpreter as jobs name it
 * @param probe the program that imports everything, a resource
 * @param place where a sandbox shows a layer of packages
 * @param settings variables of every environment
 * @param layerSettings those by which the packages of a layer are found
 * @param programs where a layer has programs that can be started by name
 */
record EnvironmentLanguage(
        String interpreter,
        String probe,
        String place,
        Map<String, String> settings,
        Map<String, String> layerSettings,
        String programs) {
    private static final EnvironmentLanguage PYTHON = new EnvironmentLanguage(
            "python3",
            "probe.py",
            "/environment",
            Map.of(
                    // A job's home is its /work: what lies there came with the job and not with the environment.
                    "PYTHONNOUSERSITE", "1",
                    // No screen, and no cache among the job's files.
                    "MPLBACKEND", "Agg",
                    "MPLCONFIGDIR", "/tmp/matplotlib"),
            Map.of("PYTHONPATH", "/environment"),
            "/environment/bin");

    /** Both ways of loading modules look into the root's {@code node_modules} for a program in /work. */
    private static final EnvironmentLanguage NODE = new EnvironmentLanguage(
            "node", "probe.js", "/node_modules", Map.of(), Map.of("NODE_PATH", "/node_modules"), "/node_modules/.bin");

    private static final List<EnvironmentLanguage> ALL = List.of(PYTHON, NODE);

    static List<String> names() {
        return ALL.stream().map(EnvironmentLanguage::interpreter).toList();
    }

    static Optional<EnvironmentLanguage> of(String interpreter) {
        return ALL.stream()
                .filter(language -> language.interpreter.equals(interpreter))
                .findFirst();
    }
}
