package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is handed out, made of the classes under test: what is in it, and that it runs a job where there is no Java. */
@Timeout(180)
class DistributionTest {
    private static final long PATIENCE_SECONDS = 150;

    /** All that the launcher and its archive call; Java is not among them. */
    private static final List<String> PROGRAMS = List.of(
            "sh", "bash", "cksum", "dirname", "env", "find", "flock", "mkdir", "mv", "nice", "readlink", "stat");

    private static final Pattern FOREIGN =
            Pattern.compile("(?i).*(mac|darwin|win|bsd|aix|musl|sunos).*\\.(so|a|dll|dylib|jnilib)");

    @TempDir
    static Path directory;

    private static Path archive = Path.of("none");
    private static Path unpacked = Path.of("none");

    @BeforeAll
    @Timeout(180)
    static void build() throws Exception {
        Shell.assumeHas("bash", "tar", "gzip");
        Path jlink = Path.of(System.getProperty("java.home"), "bin", "jlink");
        Assumptions.assumeTrue(Files.isExecutable(jlink), "this Java has no jlink");
        Path jars = Files.createDirectory(directory.resolve("jars"));
        PackedCommand.into(jars);
        Path output = directory.resolve("output");
        run(Map.of(), "src/dist/build", "--fast", "--jars", jars.toString(), output.toString());
        archive = only(output, ".tar.gz");
        Path target = Files.createDirectory(directory.resolve("unpacked"));
        run(Map.of(), "tar", "-C", target.toString(), "-xzf", archive.toString());
        unpacked = only(target, "");
    }

    private static Path only(Path folder, String end) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(end)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private static String run(Map<String, String> environment, String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.PIPE);
        SandrunProcess.forgetDeveloper(builder.environment());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Path errors = Files.createTempFile(directory, "errors", "");
        Process process = builder.redirectError(errors.toFile()).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", String.join(" ", command), Files.readString(errors))
                .isZero();
        return said;
    }

    /** A PATH that leads to what a small machine has. */
    private static Path programs() throws Exception {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        for (String program : PROGRAMS) {
            String place = run(Map.of(), "sh", "-c", "command -v " + program).strip();
            Files.copy(Path.of(place).toRealPath(), programs.resolve(program), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return programs;
    }

    /** Its argument is its own: it is no file with options. */
    @Test
    void a_job_runs_where_there_is_no_java() throws Exception {
        Path program = Files.writeString(directory.resolve("job.sh"), "echo $((6 * 7)) $1\n");
        List<String> command = new ArrayList<>(List.of("env", "-i", "PATH=" + programs()));
        command.addAll(List.of("HOME=" + directory, "SANDRUN_DEFAULT_URL=http://127.0.0.1:9"));
        command.addAll(List.of(
                "SANDRUN_CLASS_ARCHIVE=off", unpacked.resolve("bin/sandrun").toString()));
        command.addAll(List.of("run", program.toString(), "@" + program));
        assertThat(run(Map.of(), command.toArray(String[]::new))).isEqualTo("42 @" + program + "\n");
    }

    @Test
    void its_first_start_makes_the_archive_from_which_later_ones_begin() throws Exception {
        String launcher = unpacked.resolve("bin/sandrun").toString();
        assertThat(run(Map.of("SANDRUN_CLASS_ARCHIVE", "now"), launcher, "--version"))
                .startsWith("sandrun ");
        assertThat(run(
                        Map.of("SANDRUN_JAVA_OPTS", "-Xshare:on", "SANDRUN_CLASS_ARCHIVE", "kept"),
                        launcher,
                        "--version"))
                .startsWith("sandrun ");
        try (Stream<Path> archives = Files.list(unpacked.resolve("archives"))) {
            assertThat(archives.map(file -> file.toString().replaceAll(".*\\.", "")))
                    .containsExactlyInAnyOrder("jsa", "base");
        }
    }

    @Test
    void its_folder_has_all_and_its_name_tells_for_which_machine() throws Exception {
        assertThat(unpacked.getFileName().toString()).matches("sandrun-[0-9][^/]*-linux-[a-z0-9]+");
        for (String file : List.of(
                "LICENSE",
                "README.md",
                "sandrun.jar",
                "runtime/bin/java",
                "share/man/man1/sandrun.1",
                "share/man/man1/sandrun-key-create.1",
                "share/doc/sandrun/install.md",
                "share/bash-completion/completions/sandrun")) {
            assertThat(unpacked.resolve(file)).isNotEmptyFile();
        }
        assertThat(run(Map.of(), "tar", "-tvzf", archive.toString()).lines())
                .allMatch(line -> line.contains(" 0/0 ") && !line.matches("[^l].{4}w.*|[^l].{7}w.*"), "root's alone");
    }

    @Test
    void no_library_of_another_system_is_carried_along() throws Exception {
        try (Stream<Path> jars = Files.list(unpacked.resolve("lib"))) {
            for (Path jar : jars.toList()) {
                try (ZipFile file = new ZipFile(jar.toFile())) {
                    assertThat(file.stream().map(ZipEntry::getName))
                            .as("%s", jar)
                            .noneMatch(name -> FOREIGN.matcher(name).matches());
                }
            }
        }
    }

    @Test
    void the_package_has_services_that_nobody_starts_unasked_and_settings_that_are_kept() throws Exception {
        Shell.assumeHas("dpkg-deb");
        String deb = only(directory.resolve("output"), ".deb").toString();
        assertThat(run(Map.of(), "dpkg-deb", "--contents", deb))
                .contains("./usr/bin/sandrun -> ../lib/sandrun/bin/sandrun")
                .contains("./usr/lib/systemd/system/sandrun-broker.service")
                .contains("./usr/lib/systemd/system/sandrun-node.service")
                .contains("./usr/lib/sysusers.d/sandrun.conf")
                .contains("./usr/share/man/man1/sandrun-node.1.gz")
                .doesNotContain(".wants/");
        assertThat(run(Map.of(), "dpkg-deb", "--info", deb, "conffiles").lines())
                .containsExactly("/etc/sandrun/broker.conf", "/etc/sandrun/policy.json");
        assertThat(run(Map.of(), "dpkg-deb", "--field", deb, "Depends"))
                .contains("libc6 (>= 2.")
                .doesNotContain("java", "@");
        assertThat(run(Map.of(), "dpkg-deb", "--field", deb, "Version")).doesNotContain("SNAPSHOT");
    }
}
