package io.sandrun.node.environment;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.EnvironmentName;
import io.sandrun.protocol.Json;
import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.environment.EnvironmentDefinition;
import io.sandrun.runtime.environment.EnvironmentProbe;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.environment.PythonPackages;
import io.sandrun.runtime.environment.UnfitEnvironmentException;
import io.sandrun.runtime.install.InstallPlan;
import io.sandrun.runtime.install.InstallReport;
import io.sandrun.runtime.install.InstallSettings;
import io.sandrun.runtime.install.Installer;
import io.sandrun.runtime.install.InstallerUnavailableException;
import io.sandrun.runtime.install.RequirementsException;
import io.sandrun.runtime.interpreter.Interpreter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes an environment of one's own: installs into a layer, sees whether it works, and only then declares it. Whatever
 * fails leaves nothing behind. For one thread.
 */
public final class EnvironmentBuilder {
    private static final String NODE_MODULES = "node_modules";

    /** Beside package.json, where they are. */
    private static final List<String> LOCKS = List.of("npm-shrinkwrap.json", "package-lock.json");

    private static final long LIST_BYTES_MAX = 16 << 20;

    private final EnvironmentFolder folder;
    private final InstallSettings settings;
    private final EnvironmentProbe probe;
    private final Slot slot;

    /** @param slot where nothing else runs meanwhile */
    public EnvironmentBuilder(EnvironmentFolder folder, InstallSettings settings, EnvironmentProbe probe, Slot slot) {
        this.folder = folder;
        this.settings = settings;
        this.probe = probe;
        this.slot = slot;
    }

    /**
     * What shall be made.
     *
     * @param requirements {@code requirements.txt} for Python, {@code package.json} for Node.js
     */
    public record Wish(String name, Interpreter interpreter, Path requirements, List<String> preload) {}

    /** It could not be made; the message is a sentence, and the log what the installer printed. */
    public static final class NotBuiltException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient byte[] log;

        NotBuiltException(String sentence, byte[] log) {
            super(sentence);
            this.log = log;
        }

        NotBuiltException(String sentence) {
            this(sentence, new byte[0]);
        }

        /** Raw: bytes of strangers, never interpreted. */
        public byte[] log() {
            return log;
        }
    }

    /**
     * Makes it. One that has the name already is replaced.
     *
     * @throws IOException if a file cannot be read or written
     */
    public PreparedEnvironment add(Wish wish) throws IOException, NotBuiltException {
        if (!EnvironmentName.isValid(wish.name())) {
            throw new NotBuiltException("The name of an environment must be " + EnvironmentName.RULE + ".");
        }
        try (LayerDraft draft = LayerDraft.begin(folder.layers())) {
            install(wish, draft);
            EnvironmentDefinition definition = new EnvironmentDefinition(
                    wish.name(),
                    wish.interpreter().name(),
                    wish.interpreter().executable(),
                    packages(wish, draft),
                    wish.preload(),
                    draft.place(),
                    "");
            PreparedEnvironment prepared = probe.prepare(definition, wish.interpreter(), slot, new Cancellation());
            folder.declare(definition);
            draft.declared();
            return prepared;
        } catch (UnfitEnvironmentException unfit) {
            throw new NotBuiltException("It was installed and does not work. " + unfit.getMessage());
        } catch (RequirementsException unreadable) {
            throw new NotBuiltException(unreadable.sentence());
        } catch (InstallerUnavailableException unavailable) {
            throw new NotBuiltException(unavailable.sentence());
        }
    }

    private void install(Wish wish, LayerDraft draft)
            throws IOException, NotBuiltException, RequirementsException, InstallerUnavailableException {
        boolean isNode = isNode(wish);
        Installer installer = isNode
                ? Installer.npm(wish.interpreter(), settings, slot)
                : Installer.pip(wish.interpreter(), settings, slot);
        String list = String.valueOf(wish.requirements().getFileName());
        Inputs project = Inputs.of(files(wish.requirements(), isNode));
        InstallPlan plan = installer.plan(project, list);
        Path target = isNode ? Files.createDirectory(draft.tree().resolve(NODE_MODULES)) : draft.tree();
        InstallReport report = installer
                .install(plan, project, slot, new Cancellation(), target)
                .report();
        if (report.outcome() != InstallReport.Outcome.INSTALLED) {
            throw new NotBuiltException(report.reason(), report.log());
        }
    }

    private static boolean isNode(Wish wish) {
        return wish.interpreter().name().equals("node");
    }

    private static List<InputFile> files(Path list, boolean isNode) throws IOException, NotBuiltException {
        List<Path> wanted = new ArrayList<>(List.of(list));
        if (isNode) {
            LOCKS.forEach(lock -> wanted.add(list.resolveSibling(lock)));
        }
        List<InputFile> files = new ArrayList<>();
        for (Path file : wanted) {
            if (!Files.isRegularFile(file)) {
                if (file.equals(list)) {
                    throw new NotBuiltException("There is no file " + list + ".");
                }
                continue;
            }
            if (Files.size(file) > LIST_BYTES_MAX) {
                throw new NotBuiltException(file + " is longer than " + LIST_BYTES_MAX + " bytes.");
            }
            files.add(new InputFile(String.valueOf(file.getFileName()), Files.readAllBytes(file), false));
        }
        return files;
    }

    private static Map<String, List<String>> packages(Wish wish, LayerDraft draft) throws IOException {
        if (!isNode(wish)) {
            return PythonPackages.requestedIn(draft.tree());
        }
        Map<String, List<String>> packages = new LinkedHashMap<>();
        JsonNode manifest = Json.MAPPER.readTree(Files.readAllBytes(wish.requirements()));
        manifest.path("dependencies").fieldNames().forEachRemaining(name -> packages.put(name, List.of(name)));
        return packages;
    }
}
