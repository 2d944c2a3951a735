package io.sandrun.runtime.environment;

import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.interpreter.Interpreter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What differs between the languages that environments are for.
 *
 * @param interpreter as jobs name it
 * @param probe the program that imports everything, a resource
 * @param modules the directory of a layer in which the packages lie; empty for the layer itself
 * @param isInRoot whether programs look for that directory in the root of the file system
 * @param settings variables of every environment
 * @param search the variable that names further places of packages
 * @param programs the directory of a layer with programs that can be started by name
 */
record EnvironmentLanguage(
        String interpreter,
        String probe,
        String modules,
        boolean isInRoot,
        Map<String, String> settings,
        String search,
        String programs) {
    /** Where a sandbox shows a layer. */
    static final String PLACE = "/environment";

    private static final EnvironmentLanguage PYTHON = new EnvironmentLanguage(
            "python3",
            "probe.py",
            "",
            false,
            Map.of(
                    // A job's home is its /work: what lies there came with the job and not with the environment.
                    "PYTHONNOUSERSITE", "1",
                    // No screen, and no cache among the job's files.
                    "MPLBACKEND", "Agg",
                    "MPLCONFIGDIR", "/tmp/matplotlib"),
            "PYTHONPATH",
            "bin");

    /** An {@code import} looks at no variable, but into every directory above the program's. */
    private static final EnvironmentLanguage NODE = new EnvironmentLanguage(
            "node", "probe.js", "node_modules", true, Map.of(), "NODE_PATH", "node_modules/.bin");

    private static final List<EnvironmentLanguage> ALL = List.of(PYTHON, NODE);

    static List<String> names() {
        return ALL.stream().map(EnvironmentLanguage::interpreter).toList();
    }

    static Optional<EnvironmentLanguage> of(String interpreter) {
        return ALL.stream()
                .filter(language -> language.interpreter.equals(interpreter))
                .findFirst();
    }

    /** The interpreter with the variables by which it finds the packages of this environment. */
    Interpreter enter(EnvironmentDefinition definition, Interpreter base) {
        if (definition.layer() == null) {
            return base.with(settings);
        }
        Map<String, String> all = new HashMap<>(settings);
        all.put(search, modules.isEmpty() ? PLACE : PLACE + "/" + modules);
        all.put("PATH", PLACE + "/" + programs + ":" + base.environment().get("PATH"));
        return base.with(all);
    }

    /** What a sandbox must show of the layer. */
    List<ShownTree> trees(EnvironmentDefinition definition) {
        Path layer = definition.layer();
        if (layer == null) {
            return List.of();
        }
        ShownTree whole = new ShownTree(layer, PLACE);
        return isInRoot ? List.of(whole, new ShownTree(layer.resolve(modules), "/" + modules)) : List.of(whole);
    }
}
