package io.sandrun.node.install;

import io.sandrun.protocol.JobFiles.Installer;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.install.InstallSettings;
import io.sandrun.runtime.install.InstallerUnavailableException;
import io.sandrun.runtime.interpreter.Interpreter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The installers that work on this node. Thread-safe. */
public final class NodeInstallers {
    private static final Logger log = LoggerFactory.getLogger(NodeInstallers.class);

    /** What each of them installs for. */
    private static final Map<Installer, String> INTERPRETERS = Map.of(Installer.PIP, "python3", Installer.NPM, "node");

    private final Optional<InstallSettings> settings;
    private final Map<Installer, Interpreter> usual = new EnumMap<>(Installer.class);
    private final Map<Interpreter, io.sandrun.runtime.install.Installer> tried = new ConcurrentHashMap<>();

    /**
     * Tries out what the owner allows, in a slot that nobody uses yet.
     *
     * @param interpreters those that this node offers, by name
     */
    public NodeInstallers(InstallChoice choice, Map<String, Interpreter> interpreters, Slot slot) {
        this.settings = choice.settings();
        if (settings.isEmpty()) {
            return;
        }
        INTERPRETERS.forEach((installer, name) -> {
            Interpreter interpreter = interpreters.get(name);
            try {
                if (interpreter != null) {
                    tryOut(installer, interpreter, slot);
                    usual.put(installer, interpreter);
                }
            } catch (InstallerUnavailableException unavailable) {
                log.warn("Requirements for {} are not installed here: {}", installer.wire(), unavailable.sentence());
            }
        });
    }

    /** What this node says that it can do. */
    public List<String> features() {
        List<String> features = new ArrayList<>();
        usual.keySet().forEach(installer -> features.add(installer.feature()));
        return features;
    }

    /**
     * The installer for a program that this interpreter runs; for a program of another language, that for the usual
     * one.
     *
     * @throws InstallerUnavailableException when that interpreter's does not work; the usual one's does
     */
    io.sandrun.runtime.install.Installer installerFor(Installer installer, Interpreter interpreter, Slot slot)
            throws InstallerUnavailableException {
        boolean fits = interpreter.name().equals(INTERPRETERS.get(installer));
        Interpreter target = fits ? interpreter : usual.get(installer);
        if (target == null) {
            throw new IllegalStateException(
                    "claimed a job that requires %s, which is not offered".formatted(installer));
        }
        return tryOut(installer, target, slot);
    }

    private io.sandrun.runtime.install.Installer tryOut(Installer installer, Interpreter interpreter, Slot slot)
            throws InstallerUnavailableException {
        io.sandrun.runtime.install.Installer known = tried.get(interpreter);
        if (known != null) {
            return known;
        }
        InstallSettings allowed =
                settings.orElseThrow(() -> new InstallerUnavailableException("This node installs nothing."));
        io.sandrun.runtime.install.Installer works = switch (installer) {
            case PIP -> io.sandrun.runtime.install.Installer.pip(interpreter, allowed, slot);
            case NPM -> io.sandrun.runtime.install.Installer.npm(interpreter, allowed, slot);
        };
        tried.put(interpreter, works);
        return works;
    }
}
