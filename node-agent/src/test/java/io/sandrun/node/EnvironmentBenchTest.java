package io.sandrun.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.node.environment.EnvironmentBuilder.NotBuiltException;
import io.sandrun.node.environment.EnvironmentFolder;
import io.sandrun.node.install.InstallChoice;
import io.sandrun.runtime.environment.PreparedEnvironment;
import io.sandrun.runtime.install.InstallSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environments from wheels in a folder, which the test makes: no index is asked. */
class EnvironmentBenchTest {
    private static final String PYTHON = "/usr/bin/python3";

    @TempDir
    Path data;

    @TempDir
    Path wheels;

    private EnvironmentBench bench;

    @BeforeEach
    void open() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)), PYTHON + " is not installed");
        assumeTrue(Files.exists(Path.of("/usr/lib/python3/dist-packages/pip")), "python3-pip is not installed");
        Files.setPosixFilePermissions(wheels, PosixFilePermissions.fromString("rwxr-xr-x"));
        bench = EnvironmentBench.open(data);
    }

    @AfterEach
    void close() throws IOException {
        if (bench != null) {
            bench.close();
        }
    }

    @Test
    void an_added_environment_works_is_declared_and_is_named_by_its_content() throws Exception {
        wheel("alpha", "1.0", "import os\nvalue = 1\n");
        PreparedEnvironment first = add("one", "alpha");
        assertThat(first.versions()).containsExactly(entry("alpha", "1.0"));
        assertThat(first.diskBytes()).isPositive();
        PreparedEnvironment again = add("two", "alpha==1.0");
        assertThat(again.digest()).isEqualTo(first.digest());
        assertThat(layers()).hasSize(1);

        wheel("alpha", "1.0", "import os\nvalue = 2\n");
        PreparedEnvironment changed = add("two", "alpha");
        assertThat(changed.digest()).isNotEqualTo(first.digest());
        assertThat(layers()).hasSize(2);

        var checked = bench.check();
        assertThat(checked.working()).containsKeys("one", "two");
        assertThat(checked.find("one").orElseThrow().digest()).isEqualTo(first.digest());
    }

    @Test
    void what_cannot_be_installed_or_does_not_work_leaves_nothing_behind() throws Exception {
        wheel("broken", "1.0", "raise ValueError('out of order')\n");
        assertThatThrownBy(() -> add("one", "absent-package"))
                .isInstanceOf(NotBuiltException.class)
                .hasMessageContaining("absent-package");
        assertThatThrownBy(() -> add("one", "broken"))
                .isInstanceOf(NotBuiltException.class)
                .hasMessageContaining("ValueError: out of order");
        assertThatThrownBy(() -> add("../one", "broken")).isInstanceOf(NotBuiltException.class);
        assertThat(layers()).isEmpty();
        assertThat(new EnvironmentFolder(data).declared().definitions()).doesNotContainKey("one");
    }

    @Test
    void a_layer_that_was_changed_is_not_offered() throws Exception {
        wheel("alpha", "1.0", "value = 1\n");
        add("one", "alpha");
        Path module = layers().get(0).resolve("alpha.py");
        Files.delete(module);
        Files.writeString(module, "value = 'other'\n");
        assertThat(bench.check().refused().get("one")).contains("not what it was");
    }

    @Test
    void layers_that_nobody_refers_to_are_removed_when_they_are_old() throws Exception {
        wheel("alpha", "1.0", "value = 1\n");
        add("one", "alpha");
        EnvironmentFolder folder = new EnvironmentFolder(data);
        Path layer = layers().get(0);
        Files.setLastModifiedTime(layer, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        folder.removeUnusedLayers(Clock.systemUTC());
        assertThat(layer).exists();
        assertThat(folder.remove("one")).isTrue();
        assertThat(folder.remove("one")).isFalse();
        folder.removeUnusedLayers(Clock.systemUTC());
        assertThat(layer).doesNotExist();
    }

    private PreparedEnvironment add(String name, String requirement) throws Exception {
        Path list = Files.writeString(data.resolve("requirements.txt"), requirement + "\n");
        InstallSettings settings = new InstallSettings(
                Optional.empty(), Optional.of(wheels), Optional.empty(), List.of(), InstallChoice.DEFAULT_LIMITS);
        return bench.add(name, PYTHON, list, List.of(), settings);
    }

    private List<Path> layers() throws IOException {
        Path layers = data.resolve("environments/layers");
        if (!Files.isDirectory(layers)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.list(layers)) {
            return inside.toList();
        }
    }

    /** The smallest that pip installs; hashes in RECORD may be left out. */
    private void wheel(String name, String version, String module) throws IOException {
        String notes = name + "-" + version + ".dist-info/";
        Map<String, String> files = new TreeMap<>();
        files.put(name + ".py", module);
        files.put(notes + "METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n".formatted(name, version));
        files.put(notes + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        StringBuilder record = new StringBuilder(notes + "RECORD,,\n");
        files.keySet().forEach(path -> record.append(path).append(",,\n"));
        files.put(notes + "RECORD", record.toString());
        Path wheel = wheels.resolve("%s-%s-py3-none-any.whl".formatted(name, version));
        try (OutputStream out = Files.newOutputStream(wheel);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
    }
}
