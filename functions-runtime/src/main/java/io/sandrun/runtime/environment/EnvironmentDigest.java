package io.sandrun.runtime.environment;

import io.sandrun.runtime.interpreter.Interpreter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Names an environment by what a job meets in it: interpreter and packages with their versions, all that these bring
 * with them, and the layer by its own digest. Where it lies, what it is called and what is imported ahead of time make
 * no difference to a job.
 */
final class EnvironmentDigest {
    private final MessageDigest sum;

    private EnvironmentDigest(MessageDigest sum) {
        this.sum = sum;
    }

    static String of(EnvironmentDefinition definition, Interpreter interpreter, ProbeAnswer answer) {
        EnvironmentDigest digest = new EnvironmentDigest(sha256());
        digest.add(interpreter.name(), interpreter.version());
        digest.add(
                "layer",
                definition.layer() == null
                        ? ""
                        : String.valueOf(definition.layer().getFileName()));
        digest.add("packages", answer.versions());
        digest.add("parts", answer.parts());
        return HexFormat.of().formatHex(digest.sum.digest());
    }

    private void add(String kind, Map<String, String> versions) {
        new TreeMap<>(versions).forEach((name, version) -> {
            add(kind, name);
            add("version", version);
        });
    }

    /** No text has a NUL in it, so that no two lists of texts look the same. */
    private void add(String kind, String text) {
        sum.update((kind + '\0' + text + '\0').getBytes(StandardCharsets.UTF_8));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }
}
