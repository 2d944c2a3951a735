package io.sandrun.runtime.install;

import static org.junit.jupiter.api.Assumptions.abort;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.InputFile;
import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.RunRequest;
import io.sandrun.runtime.RunResult;
import io.sandrun.runtime.SandboxSettings;
import io.sandrun.runtime.Sandboxes;
import io.sandrun.runtime.ShownTree;
import io.sandrun.runtime.Slot;
import io.sandrun.runtime.archive.ArchiveLimits;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import io.sandrun.runtime.layer.LayerBuild;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sandboxes, interpreters and short ways for the tests of installers. */
final class Workshop implements AutoCloseable {
    static final InstallLimits LIMITS = new InstallLimits(Duration.ofSeconds(90), 2, 512L << 20, 256L << 20, 64L << 20);

    private final Sandboxes sandboxes =
            Sandboxes.open(new SandboxSettings(2, Path.of(System.getProperty("java.io.tmpdir"))));

    Workshop() throws Exception {}

    Slot slot() {
        return sandboxes.slot(0);
    }

    Slot otherSlot() {
        return sandboxes.slot(1);
    }

    /** The one on the PATH; without it the test is skipped. */
    static Interpreter interpreter(String name) {
        return new InterpreterProbe(found -> true)
                .find(Set.of(name)).stream().findFirst().orElseGet(() -> abort(name + " is not installed"));
    }

    static InstallSettings settings(String pipIndex, @Nullable Path findLinks, String npmRegistry, String... hosts) {
        return new InstallSettings(
                Optional.of(pipIndex).filter(text -> !text.isEmpty()).map(URI::create),
                Optional.ofNullable(findLinks),
                Optional.of(npmRegistry).filter(text -> !text.isEmpty()).map(URI::create),
                List.of(hosts),
                LIMITS);
    }

    /** Skips the test where that Python has no pip. */
    Installer pip(InstallSettings settings) {
        try {
            return Installer.pip(interpreter("python3"), settings, slot());
        } catch (InstallerUnavailableException e) {
            return e.sentence().contains("No module named") ? abort(e.sentence()) : fail(e);
        }
    }

    Installer npm(InstallSettings settings) {
        try {
            return Installer.npm(interpreter("node"), settings, slot());
        } catch (InstallerUnavailableException e) {
            return e.sentence().startsWith("There is no npm") ? abort(e.sentence()) : fail(e);
        }
    }

    private static Installer fail(InstallerUnavailableException e) {
        throw new AssertionError(e.sentence(), e);
    }

    static Inputs archive(Map<String, byte[]> files) {
        byte[] packed = Packages.tarGzOf(files);
        return new Inputs(
                List.of(), List.of(() -> new ByteArrayInputStream(packed)), ArchiveLimits.within(64L << 20, 10_000));
    }

    static Inputs files(String... pathsAndContents) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int index = 0; index < pathsAndContents.length; index += 2) {
            files.put(pathsAndContents[index], Packages.bytes(pathsAndContents[index + 1]));
        }
        return archive(files);
    }

    LayerBuild.Built<InstallReport> install(Installer installer, Inputs project, String path, Path directory)
            throws Exception {
        return installer.install(
                installer.plan(project, path), project, slot(), new Cancellation(), Files.createDirectories(directory));
    }

    static String log(InstallReport report) {
        return new String(report.log(), StandardCharsets.UTF_8);
    }

    /** What a program prints that is run with the tree; both of its streams. */
    String run(Interpreter interpreter, Path tree, String program) {
        return run(interpreter, tree, interpreter.sourceFileName(), program);
    }

    String run(Interpreter interpreter, Path tree, String name, String program) {
        boolean isPython = interpreter.name().equals("python3");
        Map<String, String> environment = new LinkedHashMap<>(interpreter.environment());
        environment.put("PYTHONPATH", "/packages");
        RunRequest request = new RunRequest(
                        List.of(interpreter.executable().toString(), name),
                        environment,
                        new byte[0],
                        List.of(new InputFile(name, Packages.bytes(program), false)),
                        interpreter.readOnlyPaths(),
                        new RunLimits(
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(30),
                                2,
                                256L << 20,
                                64,
                                256,
                                16L << 20,
                                1000,
                                1 << 20,
                                1 << 20))
                .with(List.of(new ShownTree(tree, isPython ? "/packages" : "/node_modules")));
        RunResult result = slot().run(request, new Cancellation());
        return (new String(result.stdout().bytes(), StandardCharsets.UTF_8)
                        + new String(result.stderr().bytes(), StandardCharsets.UTF_8))
                .strip();
    }

    @Override
    public void close() {
        sandboxes.close();
    }
}
