package io.sandrun.runtime.environment;

import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.interpreter.Interpreter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An environment that works here.
 *
 * @param interpreter runs a job in it: with its variables and with what a sandbox must show
 * @param versions package to version, in the order of the definition; an empty version is one that nobody tells
 * @param digest lower-case hex of a SHA-256 over what was met: two that have the same run the same
 * @param diskBytes of its own layer; 0 without one
 * @param witnesses what the answer hangs on
 */
public record PreparedEnvironment(
        EnvironmentDefinition definition,
        Interpreter interpreter,
        Map<String, String> versions,
        String digest,
        long diskBytes,
        List<Witness> witnesses) {
    public PreparedEnvironment {
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        witnesses = List.copyOf(witnesses);
    }

    /** What a sandbox shows of its layer, each under a name of its own. */
    public List<ShownTree> trees() {
        return EnvironmentLanguage.of(definition.language())
                .map(language -> language.trees(definition))
                .orElse(List.of());
    }

    public String name() {
        return definition.name();
    }

    /** How a report names it: which of all that ever had the name. */
    public String nameAndDigest() {
        return name() + "@" + digest;
    }

    /** Whether everything that was looked at is as it was. */
    public boolean isUnchanged() {
        return witnesses.stream().allMatch(Witness::isUnchanged);
    }
}
