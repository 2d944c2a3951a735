package io.sandrun.runtime.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.runtime.Cancellation;
import io.sandrun.runtime.OpenSlots;
import io.sandrun.runtime.RunLimits;
import io.sandrun.runtime.interpreter.Interpreter;
import io.sandrun.runtime.interpreter.InterpreterProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Environments of a few lines each, in real sandboxes. */
class EnvironmentProbeTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final Path NODE = Path.of("/usr/bin/node");

    @RegisterExtension
    static final OpenSlots SLOTS = OpenSlots.of(1);

    private Duration wallTime = Duration.ofSeconds(10);

    @TempDir
    Path modules;

    @BeforeEach
    void letTheSandboxReadIt() throws IOException {
        Files.setPosixFilePermissions(modules, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void what_can_be_imported_is_prepared_with_its_versions() throws Exception {
        write("greeter.py", "__version__ = '1.2'\nprint('package\\tgreeter\\t9.9')\n");
        write("quiet.py", "");
        PreparedEnvironment prepared = python(Map.of("greeter", List.of("greeter"), "json", List.of("json", "quiet")));
        assertThat(prepared.versions()).containsOnly(entry("greeter", "1.2"), entry("json", "2.0.9"));
        assertThat(prepared.interpreter().executable()).isEqualTo(PYTHON);
        assertThat(prepared.nameAndDigest()).isEqualTo("test@" + prepared.digest());
        assertThat(prepared.digest()).matches("[0-9a-f]{64}");
        assertThat(prepared.isUnchanged()).isTrue();
    }

    @Test
    void the_version_of_a_package_is_told_by_who_installed_it() throws Exception {
        write("alpha_module.py", "__version__ = 'nobody asks'\n");
        write("alpha_dist-3.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: alpha-dist\nVersion: 3.1\n");
        write("alpha_dist-3.1.dist-info/top_level.txt", "alpha_module\n");
        assertThat(python(Map.of("alpha", List.of("alpha_module"))).versions()).containsExactly(entry("alpha", "3.1"));
    }

    @Test
    void equal_content_has_an_equal_digest_and_other_content_another() throws Exception {
        write("alpha.py", "__version__ = '1'\n");
        Map<String, List<String>> packages = Map.of("alpha", List.of("alpha"));
        PreparedEnvironment first = python(packages);
        assertThat(python(packages).digest()).isEqualTo(first.digest());
        write("alpha.py", "__version__ = '2.0'\n");
        assertThat(first.isUnchanged()).isFalse();
        assertThat(python(packages).digest()).isNotEqualTo(first.digest());
    }

    @Test
    void what_cannot_be_imported_is_named() throws Exception {
        write("broken.py", "raise ValueError('out of order')\n");
        assertUnfit(Map.of("numpy", List.of("no_such_module")), "numpy (no_such_module: ModuleNotFoundError: ");
        assertUnfit(Map.of("broken", List.of("broken")), "broken (broken: ValueError: out of order)", "install it");
        write("leaver.py", "raise SystemExit(0)\n");
        assertUnfit(Map.of("leaver", List.of("leaver")), "leaver (leaver: SystemExit: 0)");
    }

    @Test
    void a_package_that_ends_the_program_or_never_comes_back_is_unfit() throws Exception {
        write("killer.py", "import os\nos._exit(0)\n");
        assertUnfit(Map.of("killer", List.of("killer")), "Importing its packages in a sandbox ended with ok");
        write("sleeper.py", "import time\ntime.sleep(600)\n");
        wallTime = Duration.ofSeconds(2);
        assertUnfit(Map.of("sleeper", List.of("sleeper")), "timed_out");
        wallTime = Duration.ofSeconds(10);
        write("hog.py", "x = bytearray(1 << 30)\nx[::4096] = b'x' * (1 << 18)\n");
        assertUnfit(Map.of("hog", List.of("hog")), "");
    }

    @Test
    void what_a_job_will_want_first_must_be_there_too() {
        EnvironmentDefinition definition =
                new EnvironmentDefinition("test", "python3", PYTHON, Map.of(), List.of("json", "nowhere"), null, "");
        assertThatThrownBy(() -> prepare(definition, interpreter("python3", PYTHON)))
                .isInstanceOf(UnfitEnvironmentException.class)
                .hasMessageContaining("nowhere: ModuleNotFoundError");
    }

    @Test
    void node_finds_its_modules_in_both_forms() throws Exception {
        assumeTrue(Files.isExecutable(NODE), NODE + " is not installed");
        write("old/package.json", "{\"name\": \"old\", \"version\": \"1.0.1\", \"main\": \"index.js\"}");
        write("old/index.js", "console.log('noise'); module.exports = 1;\n");
        write("@scope/modern/package.json", "{\"version\": \"2.0.0\", \"type\": \"module\", \"main\": \"index.js\"}");
        write("@scope/modern/index.js", "export default await Promise.resolve(1);\n");
        EnvironmentDefinition definition = new EnvironmentDefinition(
                "test",
                "node",
                NODE,
                Map.of("old", List.of("old"), "@scope/modern", List.of("@scope/modern")),
                List.of("fs"),
                null,
                "");
        Interpreter node = interpreter("node", NODE);
        assertThat(prepare(definition, node.with(Map.of("NODE_PATH", modules.toString())))
                        .versions())
                .containsOnly(entry("old", "1.0.1"), entry("@scope/modern", "2.0.0"));
        write("old/index.js", "require('absent');\n");
        assertThatThrownBy(() -> prepare(definition, node.with(Map.of("NODE_PATH", modules.toString()))))
                .hasMessageContaining("old (old: Error: Cannot find module 'absent'");
    }

    private void assertUnfit(Map<String, List<String>> packages, String... said) {
        assertThatThrownBy(() -> python(packages))
                .isInstanceOf(UnfitEnvironmentException.class)
                .hasMessageContainingAll(said);
    }

    private PreparedEnvironment python(Map<String, List<String>> packages) throws Exception {
        assumeTrue(Files.isExecutable(PYTHON), PYTHON + " is not installed");
        EnvironmentDefinition definition =
                new EnvironmentDefinition("test", "python3", PYTHON, packages, List.of(), null, "Please install it.");
        Interpreter python = interpreter("python3", PYTHON);
        return prepare(definition, python.with(Map.of("PYTHONPATH", modules.toString())));
    }

    private static Interpreter interpreter(String name, Path executable) throws IOException {
        return new InterpreterProbe(found -> true).at(name, executable);
    }

    private PreparedEnvironment prepare(EnvironmentDefinition definition, Interpreter found)
            throws UnfitEnvironmentException {
        Interpreter interpreter = new Interpreter(
                found.name(),
                found.version(),
                found.executable(),
                List.of(modules),
                found.sourceFileName(),
                found.flags(),
                found.settings());
        RunLimits limits = new RunLimits(
                wallTime, Duration.ofSeconds(10), 2, 256L << 20, 64, 256, 16L << 20, 1000, 1 << 18, 1 << 20);
        return new EnvironmentProbe(limits, Map.of())
                .prepare(definition, interpreter, SLOTS.slot(), new Cancellation());
    }

    private void write(String name, String content) throws IOException {
        Path file = modules.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
