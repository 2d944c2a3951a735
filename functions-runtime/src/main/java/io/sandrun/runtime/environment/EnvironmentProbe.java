package io.sandrun.runtime.environment;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Outcome;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.interpreter.Interpreter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Sees whether an environment works, by importing all of it in a sandbox. Thread-safe, for different slots. */
public final class EnvironmentProbe {
    /** Whatever a package manager changes, it writes down there; and libraries that are not Python's come from it. */
    private static final Path DPKG_STATUS = Path.of("/var/lib/dpkg/status");

    /** The end of what a failing program said is where it says why. */
    private static final int COMPLAINT_CHARACTERS = 400;

    private final RunLimits limits;
    private final Map<String, String> variables;

    /**
     * @param limits those that a job has which asks for nothing, so that it works in them
     * @param variables those that a job has beside its interpreter's
     */
    public EnvironmentProbe(RunLimits limits, Map<String, String> variables) {
        this.limits = limits;
        this.variables = Map.copyOf(variables);
    }

    /**
     * Imports every module once; takes as long as that does.
     *
     * @param base the definition's interpreter
     * @param cancellation ends it early, as unfit
     * @throws UnfitEnvironmentException if something of it does not work
     */
    public PreparedEnvironment prepare(
            EnvironmentDefinition definition, Interpreter base, Slot slot, Cancellation cancellation)
            throws UnfitEnvironmentException {
        EnvironmentLanguage language = language(definition);
        Interpreter interpreter = language.enter(definition, base);
        RunResult result = slot.run(request(definition, language, interpreter), cancellation);
        ProbeAnswer answer = ProbeAnswer.parse(text(result.stdout().bytes()));
        if (result.outcome() != Outcome.OK || !answer.isComplete()) {
            throw new UnfitEnvironmentException("Importing its packages in a sandbox ended with "
                    + result.outcome().name().toLowerCase(Locale.ROOT) + ": " + result.reason() + " "
                    + complaint(result));
        }
        if (!answer.failures().isEmpty()) {
            throw new UnfitEnvironmentException(
                    "It cannot be imported: " + answer.failure() + ". " + definition.hint());
        }
        return new PreparedEnvironment(
                definition,
                interpreter,
                versions(definition, answer),
                EnvironmentDigest.of(definition, interpreter, answer),
                layerBytes(definition),
                witnesses(definition, interpreter, answer));
    }

    private static EnvironmentLanguage language(EnvironmentDefinition definition) throws UnfitEnvironmentException {
        return EnvironmentLanguage.of(definition.language())
                .orElseThrow(() -> new UnfitEnvironmentException("There are no environments for %s, only for %s."
                        .formatted(definition.language(), EnvironmentLanguage.names())));
    }

    private RunRequest request(
            EnvironmentDefinition definition, EnvironmentLanguage language, Interpreter interpreter) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.putAll(interpreter.environment());
        return new RunRequest(
                        interpreter.command(List.of()),
                        environment,
                        questions(definition).getBytes(StandardCharsets.UTF_8),
                        List.of(new InputFile(interpreter.sourceFileName(), program(language.probe()), false)),
                        interpreter.readOnlyPaths(),
                        limits)
                .with(language.trees(definition));
    }

    private static String questions(EnvironmentDefinition definition) {
        StringBuilder lines = new StringBuilder();
        definition
                .packages()
                .forEach((name, modules) -> lines.append(name)
                        .append('\t')
                        .append(String.join("\t", modules))
                        .append('\n'));
        if (!definition.preload().isEmpty()) {
            lines.append(ProbeAnswer.PRELOAD)
                    .append('\t')
                    .append(String.join("\t", definition.preload()))
                    .append('\n');
        }
        return lines.toString();
    }

    private static byte[] program(String resource) {
        try (InputStream in = EnvironmentProbe.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("this build lacks " + resource);
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static long layerBytes(EnvironmentDefinition definition) throws UnfitEnvironmentException {
        if (definition.layer() == null) {
            return 0;
        }
        try {
            LayerDigest found = LayerDigest.of(definition.layer());
            if (!definition.layer().endsWith(found.hex())) {
                throw new UnfitEnvironmentException("Its layer is not what it was when it was made: add it again.");
            }
            return found.bytes();
        } catch (IOException unreadable) {
            throw new UnfitEnvironmentException("Its layer cannot be read: " + unreadable.getMessage() + ".");
        }
    }

    private static Map<String, String> versions(EnvironmentDefinition definition, ProbeAnswer answer)
            throws UnfitEnvironmentException {
        Map<String, String> versions = new LinkedHashMap<>();
        for (String name : definition.packages().keySet()) {
            String version = answer.versions().get(name);
            if (version == null) {
                throw new UnfitEnvironmentException("Nothing was heard of " + name + ".");
            }
            versions.put(name, version);
        }
        return versions;
    }

    private static List<Witness> witnesses(
            EnvironmentDefinition definition, Interpreter interpreter, ProbeAnswer answer) {
        Set<Path> paths = new LinkedHashSet<>(List.of(interpreter.executable(), DPKG_STATUS));
        ownProgram().ifPresent(paths::add);
        if (definition.layer() != null) {
            paths.add(definition.layer());
        }
        // What lies in a layer has another name here, and does not change.
        answer.files().stream()
                .filter(file -> !file.startsWith(EnvironmentLanguage.PLACE))
                .forEach(paths::add);
        List<Witness> witnesses = new ArrayList<>();
        paths.forEach(path -> witnesses.add(Witness.of(path)));
        return witnesses;
    }

    /** Another version of this program may have another sandbox. */
    private static Optional<Path> ownProgram() {
        try {
            CodeSource source = EnvironmentProbe.class.getProtectionDomain().getCodeSource();
            return source == null
                    ? Optional.empty()
                    : Optional.of(Path.of(source.getLocation().toURI()));
        } catch (URISyntaxException | FileSystemNotFoundException elsewhere) {
            return Optional.empty();
        }
    }

    private static String complaint(RunResult result) {
        String said = Stream.of(result.stderr().bytes(), result.stdout().bytes())
                .map(EnvironmentProbe::text)
                .filter(text -> !text.isBlank())
                .findFirst()
                .orElse("")
                .strip();
        return said.substring(Math.max(0, said.length() - COMPLAINT_CHARACTERS));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
