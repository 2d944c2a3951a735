package io.sandrun.runtime.install;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.OutputListener;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.layer.LayerBuild;
import io.sandrun.runtime.layer.TreeCopy;
import io.sandrun.runtime.output.OutputRequest;
import io.sandrun.runtime.proxy.IndexProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One installer that works on this machine, for one interpreter. Thread-safe. */
public final class Installer {
    /** In the key, so that trees of another making are not taken for ours. Raise it when that changes. */
    private static final String FORMAT = "sandrun layer 1";

    private final Tool tool;
    private final String version;
    private final InstallLimits limits;

    private Installer(Tool tool, String version, InstallLimits limits) {
        this.tool = tool;
        this.version = version;
        this.limits = limits;
    }

    /**
     * pip of that Python, tried out in a sandbox of that slot.
     *
     * @throws InstallerUnavailableException with a sentence that says what does not work
     */
    public static Installer pip(Interpreter python, InstallSettings settings, Slot slot)
            throws InstallerUnavailableException {
        if (settings.pipIndex().isEmpty() && settings.pipFindLinks().isEmpty()) {
            throw new InstallerUnavailableException("pip has neither an index nor a folder to install from.");
        }
        Tool tool = new Pip(python, settings);
        return new Installer(tool, new Trial(tool, slot).version(), settings.limits());
    }

    /**
     * npm beside that Node.js, or the system's; tried out in a sandbox of that slot.
     *
     * @throws InstallerUnavailableException with a sentence that says what does not work
     */
    public static Installer npm(Interpreter node, InstallSettings settings, Slot slot)
            throws InstallerUnavailableException {
        if (settings.npmRegistry().isEmpty()) {
            throw new InstallerUnavailableException("npm has no registry to install from.");
        }
        Tool tool = new Npm(node, npmOf(node), settings);
        return new Installer(tool, new Trial(tool, slot).version(), settings.limits());
    }

    private static Path npmOf(Interpreter node) throws InstallerUnavailableException {
        List<Path> shown = new ArrayList<>(node.readOnlyPaths());
        shown.add(Path.of("/usr"));
        for (Path place : List.of(node.executable().resolveSibling("npm"), Path.of("/usr/bin/npm"))) {
            try {
                Path real = place.toRealPath();
                if (Files.isRegularFile(real) && shown.stream().anyMatch(real::startsWith)) {
                    return real;
                }
            } catch (IOException absent) {
                // The next place, then.
            }
        }
        throw new InstallerUnavailableException("There is no npm for " + node.executable() + ".");
    }

    /** {@code pip} or {@code npm}. */
    public String name() {
        return tool.name();
    }

    public String version() {
        return version;
    }

    /**
     * Finds out what of a project an installation needs.
     *
     * @param path of the file that lists the requirements, relative to the project
     * @throws RequirementsException with a sentence for whoever submitted the project
     * @throws IOException when an archive cannot be read
     */
    public InstallPlan plan(Inputs project, String path) throws IOException, RequirementsException {
        return tool.plan(new Survey(project), path);
    }

    /**
     * The key of the layer that a plan leads to.
     *
     * @param base what the interpreter itself is built on, such as the digest of an environment; may be empty
     */
    public String key(InstallPlan plan, String base) throws IOException {
        Interpreter interpreter = tool.interpreter();
        String description = String.join(
                "\n",
                FORMAT,
                tool.name() + " " + version,
                interpreter.name() + " " + interpreter.version() + " " + interpreter.executable(),
                System.getProperty("os.arch", ""),
                base,
                tool.settings(),
                plan.description());
        return HexFormat.of().formatHex(Survey.sha256().digest(description.getBytes(StandardCharsets.UTF_8)));
    }

    /** Likewise, with nobody who hears it. */
    public LayerBuild.Built<InstallReport> install(
            InstallPlan plan, Inputs project, Slot slot, Cancellation cancellation, Path directory) {
        return install(plan, project, slot, cancellation, OutputListener.NONE, directory);
    }

    /**
     * Installs into an empty directory of the agent's, and waits for the end of it.
     *
     * @param project the one that the plan was made for
     * @param listener hears what is printed meanwhile
     * @return with the report, which says how it went
     */
    public LayerBuild.Built<InstallReport> install(
            InstallPlan plan,
            Inputs project,
            Slot slot,
            Cancellation cancellation,
            OutputListener listener,
            Path directory) {
        IndexProxy proxy = new IndexProxy(tool.hosts(), limits.networkBytes());
        TreeCopy copy = new TreeCopy(tool.treeOf(plan), directory, limits.ofTree());
        RunRequest request = new RunRequest(
                        tool.command(plan),
                        variables(tool),
                        new byte[0],
                        plan.inputs(project),
                        tool.readOnlyPaths(),
                        limits.ofRun(),
                        OutputRequest.NOTHING)
                .with(tool.shownTrees())
                .with(proxy, copy);
        RunResult result = slot.run(request, cancellation, listener);
        byte[] refusals = refusals(proxy.refusals());
        if (refusals.length > 0) {
            listener.printed(OutputListener.Stream.STDERR, refusals);
        }
        InstallReport report = report(result, proxy, copy.refusal(), refusals);
        LayerBuild.Fate fate = switch (report.outcome()) {
            case INSTALLED -> LayerBuild.Fate.KEEP;
            case FAILED, INDEX_UNREACHABLE -> LayerBuild.Fate.FAIL;
            case NODE_FAULT, CANCELLED -> LayerBuild.Fate.GIVE_UP;
        };
        return new LayerBuild.Built<>(fate, copy.bytes(), report);
    }

    static Map<String, String> variables(Tool tool) {
        Map<String, String> variables = new TreeMap<>(tool.interpreter().environment());
        variables.putAll(tool.variables());
        return variables;
    }

    private InstallReport report(RunResult result, IndexProxy proxy, Optional<String> refusal, byte[] refusals) {
        byte[] log = log(result, refusals);
        return switch (result.outcome()) {
            case OK ->
                refusal.map(why -> new InstallReport(InstallReport.Outcome.FAILED, why, log))
                        .orElseGet(() -> new InstallReport(InstallReport.Outcome.INSTALLED, "", log));
            case CANCELLED -> new InstallReport(InstallReport.Outcome.CANCELLED, result.reason(), log);
            case SANDBOX_ERROR -> new InstallReport(InstallReport.Outcome.NODE_FAULT, result.reason(), log);
            case EXIT_NONZERO, SIGNALLED, TIMED_OUT ->
                proxy.outage()
                        .map(why -> new InstallReport(InstallReport.Outcome.INDEX_UNREACHABLE, outage(why), log))
                        .orElseGet(() -> new InstallReport(InstallReport.Outcome.FAILED, failure(result), log));
            case OUT_OF_MEMORY, OUTPUT_LIMIT, DISK_LIMIT, PROCESS_LIMIT, INVALID_INPUT ->
                new InstallReport(InstallReport.Outcome.FAILED, failure(result), log);
        };
    }

    private static String outage(String why) {
        return "The package index could not be reached from this node: " + why + ".";
    }

    private String failure(RunResult result) {
        String said = switch (result.outcome()) {
            case EXIT_NONZERO -> tool.reasonOf(new String(result.stdout().bytes(), StandardCharsets.UTF_8));
            default -> "";
        };
        String reason = said.isEmpty() ? result.reason() : tool.name() + ": " + said;
        return "The requirements could not be installed. " + reason;
    }

    private static byte[] log(RunResult result, byte[] refusals) {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        log.writeBytes(result.stdout().bytes());
        log.writeBytes(result.stderr().bytes());
        log.writeBytes(refusals);
        return log.toByteArray();
    }

    /** A line for each, as part of what was printed. */
    private static byte[] refusals(List<String> sentences) {
        StringBuilder lines = new StringBuilder();
        sentences.forEach(sentence -> lines.append("sandrun: ").append(sentence).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
