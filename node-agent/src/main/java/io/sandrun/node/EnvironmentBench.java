package io.sandrun.node;

import io.sandrun.node.attempt.CpuShare;
import io.sandrun.node.environment.EnvironmentBuilder;
import io.sandrun.node.environment.EnvironmentBuilder.NotBuiltException;
import io.sandrun.node.environment.EnvironmentChoice;
import io.sandrun.node.environment.EnvironmentFolder;
import io.sandrun.node.environment.NodeEnvironments;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.SandboxUnavailableException;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.environment.EnvironmentProbe;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.host.HostProbe;
import io.sandrun.runtime.install.InstallSettings;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A node's environments seen and added from the command line, in sandboxes of its own. For one thread. */
public final class EnvironmentBench implements AutoCloseable {
    private final EnvironmentFolder folder;
    private final Path scratch;
    private final Sandboxes sandboxes;
    private final EnvironmentProbe probe;

    private EnvironmentBench(EnvironmentFolder folder, Path scratch, Sandboxes sandboxes, EnvironmentProbe probe) {
        this.folder = folder;
        this.scratch = scratch;
        this.sandboxes = sandboxes;
        this.probe = probe;
    }

    /**
     * @param dataDirectory of the node, which may be running; need not be there
     * @throws SandboxUnavailableException if no sandbox can be made; the message says why
     */
    public static EnvironmentBench open(Path dataDirectory) throws IOException, SandboxUnavailableException {
        Path scratch = Files.createTempDirectory("sandrun-environments");
        try {
            Sandboxes sandboxes = Sandboxes.open(new SandboxSettings(1, scratch));
            int cores = Runtime.getRuntime().availableProcessors();
            return new EnvironmentBench(
                    new EnvironmentFolder(dataDirectory),
                    scratch,
                    sandboxes,
                    CapabilityProbe.ofEnvironments(new CpuShare(cores, cores)));
        } catch (SandboxUnavailableException | RuntimeException failed) {
            Files.deleteIfExists(scratch);
            throw failed;
        }
    }

    /** Imports everything that is declared, whatever was seen before. */
    public NodeEnvironments check() throws InterruptedException {
        Map<String, Interpreter> interpreters = new HashMap<>();
        new InterpreterProbe(found -> true)
                .find(Set.of("python3", "node"))
                .forEach(found -> interpreters.put(found.name(), found));
        NodeEnvironments environments = new NodeEnvironments(folder, EnvironmentChoice.ALL, interpreters, probe, null);
        environments.refresh(List.of(sandboxes.slot(0)));
        return environments;
    }

    /**
     * Installs, checks and declares an environment; a running node notices it.
     *
     * @param interpreter {@code python3} or {@code node} for the first on the PATH, or the absolute path of one
     * @param requirements {@code requirements.txt} or {@code package.json}
     * @throws NotBuiltException with a sentence that says why not, and what the installer printed
     */
    public PreparedEnvironment add(
            String name, String interpreter, Path requirements, List<String> preload, InstallSettings settings)
            throws IOException, NotBuiltException {
        InstallSettings fitting = InstallChoice.fitting(settings, new HostProbe().memoryBytes());
        EnvironmentBuilder builder = new EnvironmentBuilder(folder, fitting, probe, sandboxes.slot(0));
        return builder.add(new EnvironmentBuilder.Wish(name, find(interpreter), requirements, preload));
    }

    /** The language of an interpreter that is named as for {@link #add}, by its file's name. */
    public static String languageOf(String interpreter) {
        return String.valueOf(Path.of(interpreter).getFileName()).startsWith("node") ? "node" : "python3";
    }

    private static Interpreter find(String wanted) throws IOException {
        InterpreterProbe interpreters = new InterpreterProbe(found -> true);
        if (wanted.startsWith("/")) {
            return interpreters.at(languageOf(wanted), Path.of(wanted));
        }
        return interpreters.find(Set.of(wanted)).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("There is no " + wanted + " on this machine that a job could use."));
    }

    @Override
    public void close() throws IOException {
        sandboxes.close();
        Files.deleteIfExists(scratch);
    }
}
