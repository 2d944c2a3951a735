package io.sandrun.node.environment;

import io.sandrun.node.json.StrictJson;
import io.sandrun.protocol.EnvironmentName;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.environment.EnvironmentDefinition;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of a definition, strictly: what nobody would read is refused by name. */
final class DefinitionReader {
    /** Of a package or a module, in any language: no white space, and nothing that a terminal would obey. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_@][A-Za-z0-9_@./-]{0,127}");

    private static final String WORD_RULE = "letters, digits and any of _ @ . / -, at most 128 of them";

    /** What of a field is of the wrong type. */
    private static final Map<String, String> EXPECTED = Map.of(
            "name", "a text",
            "interpreter", "a text",
            "executable", "a text",
            "packages", "an object in which each package has a list of modules",
            "preload", "a list of modules",
            "layer", "a text",
            "hint", "a text");

    private static final StrictJson<Text> JSON = new StrictJson<>(Text.class, EXPECTED);

    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final int HINT_CHARACTERS = 1024;

    private final Function<String, Path> layers;

    /** @param layers where the layer of a digest lies */
    DefinitionReader(Function<String, Path> layers) {
        this.layers = layers;
    }

    /**
     * The file as it is written.
     *
     * @param executable absolute, or null for the first on the PATH
     * @param layer digest of the layer with its packages, or null for none
     */
    record Text(
            @Nullable String name,
            @Nullable String interpreter,
            @Nullable String executable,
            @Nullable LinkedHashMap<String, List<String>> packages,
            @Nullable List<String> preload,
            @Nullable String layer,
            @Nullable String hint) {}

    /**
     * @param source how a complaint names it
     * @throws DefinitionException for the first field that does not fit
     */
    EnvironmentDefinition read(byte[] json, String source) throws DefinitionException {
        Text text = parse(json, source);
        String name = required(text.name, "name", source);
        check(EnvironmentName.isValid(name), source, "name", EnvironmentName.RULE);
        String interpreter = required(text.interpreter, "interpreter", source);
        check(
                EnvironmentDefinition.languages().contains(interpreter),
                source,
                "interpreter",
                "one of " + String.join(", ", EnvironmentDefinition.languages()));
        check(text.hint == null || isLine(text.hint), source, "hint", "one line of at most " + HINT_CHARACTERS);
        return new EnvironmentDefinition(
                name,
                interpreter,
                executable(text.executable, source),
                packages(text.packages, source),
                preload(text.preload, source),
                layer(text.layer, source),
                text.hint == null ? "" : text.hint);
    }

    private static Text parse(byte[] json, String source) throws DefinitionException {
        try {
            return JSON.read(json);
        } catch (StrictJson.MisfitException misfit) {
            throw new DefinitionException(source, misfit.sentence());
        }
    }

    private static String required(@Nullable String value, String field, String source) throws DefinitionException {
        if (value == null) {
            throw new DefinitionException(source, "the field \"" + field + "\" is missing.");
        }
        return value;
    }

    private static @Nullable Path executable(@Nullable String written, String source) throws DefinitionException {
        if (written == null) {
            return null;
        }
        boolean isPath = written.startsWith("/") && written.indexOf('\0') < 0;
        check(isPath, source, "executable", "the absolute path of a program");
        return Path.of(written).normalize();
    }

    private static Map<String, List<String>> packages(@Nullable Map<String, List<String>> written, String source)
            throws DefinitionException {
        if (written == null) {
            return Map.of();
        }
        check(
                written.size() <= Limits.ENVIRONMENT_PACKAGES,
                source,
                "packages",
                "an object of at most " + Limits.ENVIRONMENT_PACKAGES + " lists of modules");
        for (Map.Entry<String, List<String>> entry : written.entrySet()) {
            check(isWord(entry.getKey()), source, "packages", "an object whose names are " + WORD_RULE);
            checkModules(entry.getValue(), "packages." + entry.getKey(), source);
            check(!entry.getValue().isEmpty(), source, "packages." + entry.getKey(), "a list of one module or more");
        }
        return written;
    }

    private static List<String> preload(@Nullable List<String> written, String source) throws DefinitionException {
        List<String> modules = written == null ? List.of() : written;
        checkModules(modules, "preload", source);
        return modules;
    }

    /** @param modules may hold nulls, and be one: it is what the file has */
    private static void checkModules(@Nullable List<String> modules, String field, String source)
            throws DefinitionException {
        check(
                modules != null
                        && modules.size() <= Limits.ENVIRONMENT_PACKAGES
                        && modules.stream().allMatch(DefinitionReader::isWord),
                source,
                field,
                "a list of at most " + Limits.ENVIRONMENT_PACKAGES + " modules: " + WORD_RULE);
    }

    private @Nullable Path layer(@Nullable String digest, String source) throws DefinitionException {
        if (digest == null) {
            return null;
        }
        check(DIGEST.matcher(digest).matches(), source, "layer", "the digest of a layer, 64 hexadecimal digits");
        return layers.apply(digest);
    }

    private static boolean isWord(@Nullable String text) {
        return text != null && WORD.matcher(text).matches();
    }

    private static boolean isLine(String text) {
        return text.length() <= HINT_CHARACTERS && text.chars().noneMatch(Character::isISOControl);
    }

    private static void check(boolean holds, String source, String field, String expected) throws DefinitionException {
        if (!holds) {
            throw DefinitionException.ofField(source, field, expected);
        }
    }
}
