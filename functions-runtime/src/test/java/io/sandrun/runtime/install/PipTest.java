package io.sandrun.runtime.install;

import static io.sandrun.runtime.install.InstallReport.Outcome.FAILED;
import static io.sandrun.runtime.install.InstallReport.Outcome.INDEX_UNREACHABLE;
import static io.sandrun.runtime.install.InstallReport.Outcome.INSTALLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.LoopbackIndex;
import io.sandrun.runtime.interpreter.Interpreter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** pip in its sandbox: real pip, packages made here, indexes on loopback. */
class PipTest {
    private static Workshop workshop;

    @TempDir
    Path directory;

    @BeforeAll
    static void open() throws Exception {
        workshop = new Workshop();
    }

    @AfterAll
    static void close() {
        workshop.close();
    }

    private Path wheels(String... namesAndVersions) throws Exception {
        Path folder = Files.createDirectories(directory.resolve("wheels"));
        for (int index = 0; index < namesAndVersions.length; index += 2) {
            String name = namesAndVersions[index];
            String version = namesAndVersions[index + 1];
            Files.write(folder.resolve(Packages.wheelName(name, version)), Packages.wheel(name, version));
        }
        return folder;
    }

    private Path tree() {
        return directory.resolve("tree");
    }

    private InstallReport install(Installer pip, Inputs project) throws Exception {
        return workshop.install(pip, project, "requirements.txt", tree()).report();
    }

    private static void assertInstalled(InstallReport report) {
        assertThat(report.outcome())
                .as("%s %s", report.reason(), Workshop.log(report))
                .isEqualTo(INSTALLED);
    }

    @Test
    void a_folder_of_wheels_is_enough() throws Exception {
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5", "one", "2.0"), ""));
        InstallReport report = install(pip, Workshop.files("requirements.txt", "# ours\none<2\n"));
        assertInstalled(report);
        Interpreter python = Workshop.interpreter("python3");
        assertThat(workshop.run(python, tree(), "import one; one.main()")).isEqualTo("one 1.5");
        assertThat(workshop.run(
                        python, tree(), "import subprocess; subprocess.run(['/packages/bin/one-say'], check=True)"))
                .isEqualTo("one 1.5");
        assertThat(Workshop.log(report)).contains("Successfully installed one-1.5");
    }

    @Test
    void what_was_compiled_is_used_and_the_tree_cannot_be_written() throws Exception {
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5"), ""));
        assertInstalled(install(pip, Workshop.files("requirements.txt", "one\n")));
        assertThat(workshop.run(Workshop.interpreter("python3"), tree(), """
                import importlib.util, one, os, sys
                source, compiled = one.__file__, one.__cached__
                print(os.path.exists(compiled))
                print(bin(int.from_bytes(open(compiled, 'rb').read(8)[4:], 'little')))
                for path in source, compiled, '/packages/new', '/packages':
                    try:
                        os.chmod(path, 0o777) if path == '/packages' else open(path, 'w')
                        print('written', path)
                    except OSError as e:
                        print(e.strerror)
                """))
                .isEqualTo("True\n0b11" + "\nRead-only file system".repeat(4));
    }

    @Test
    void an_index_is_asked_through_the_door() throws Exception {
        try (LoopbackIndex index = new LoopbackIndex()) {
            String wheel = Packages.wheelName("two", "2.1");
            index.serve("/simple/two/", Packages.links(wheel))
                    .serve("/files/" + wheel, Packages.wheel("two", "2.1", "three>=1"))
                    .serve("/simple/three/", Packages.links(Packages.wheelName("three", "3")))
                    .serve("/files/" + Packages.wheelName("three", "3"), Packages.wheel("three", "3"));
            Installer pip = workshop.pip(Workshop.settings("http://" + index.address() + "/simple", null, ""));
            assertInstalled(install(pip, Workshop.files("requirements.txt", "two\n")));
            assertThat(index.requests()).contains("GET /simple/two/", "GET /files/" + wheel, "GET /simple/three/");
            assertThat(workshop.run(Workshop.interpreter("python3"), tree(), "import two, three; print(three.VERSION)"))
                    .isEqualTo("3");
        }
    }

    @Test
    void a_project_may_bring_its_own_wheels_and_lists() throws Exception {
        byte[] wheel = Packages.wheel("own", "0.1");
        Map<String, byte[]> files = Map.of(
                "requirements/main.txt",
                Packages.bytes("-r more.txt\n-c limits.txt\n./wheels/own-0.1-py3-none-any.whl\n"),
                "requirements/more.txt",
                Packages.bytes("one\n"),
                "requirements/limits.txt",
                Packages.bytes("one<2\n"),
                "wheels/own-0.1-py3-none-any.whl",
                wheel,
                "secret.txt",
                Packages.bytes("not for installers"));
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5", "one", "2.0"), ""));
        Inputs project = Workshop.archive(files);
        InstallPlan plan = pip.plan(project, "requirements/main.txt");
        assertThat(plan.local().paths()).containsExactly("wheels/own-0.1-py3-none-any.whl");
        assertInstalled(
                workshop.install(pip, project, "requirements/main.txt", tree()).report());
        assertThat(workshop.run(
                        Workshop.interpreter("python3"), tree(), "import own, one; print(own.VERSION, one.VERSION)"))
                .isEqualTo("0.1 1.5");
    }

    @Test
    void the_project_itself_may_be_required() throws Exception {
        String backend = """
                import zipfile
                def build_wheel(directory, settings=None, metadata=None):
                    name = 'whole-1-py3-none-any.whl'
                    with zipfile.ZipFile(directory + '/' + name, 'w') as wheel:
                        wheel.write('whole.py')
                        wheel.writestr('whole-1.dist-info/METADATA',
                                       'Metadata-Version: 2.1\\nName: whole\\nVersion: 1\\n')
                        wheel.writestr('whole-1.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n'
                                       'Generator: test\\nTag: py3-none-any\\n')
                        wheel.writestr('whole-1.dist-info/RECORD', '')
                    return name
                """;
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5"), ""));
        assertInstalled(install(
                pip,
                Workshop.files(
                        "requirements.txt",
                        ".\none # both\n",
                        "pyproject.toml",
                        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n",
                        "backend.py",
                        backend,
                        "whole.py",
                        "WORD = 'all of it'\n")));
        assertThat(workshop.run(Workshop.interpreter("python3"), tree(), "import one, whole; print(whole.WORD)"))
                .isEqualTo("all of it");
    }

    @Test
    void what_does_not_exist_is_named() throws Exception {
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5"), ""));
        InstallReport report = install(pip, Workshop.files("requirements.txt", "one\nnosuchthing==9\n"));
        assertThat(report.outcome()).isEqualTo(FAILED);
        assertThat(report.reason())
                .startsWith("The requirements could not be installed. pip: ")
                .contains("nosuchthing==9");
        assertThat(tree()).isEmptyDirectory();
    }

    @Test
    void what_contradicts_itself_is_named() throws Exception {
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5", "one", "2.0"), ""));
        InstallReport report = install(pip, Workshop.files("requirements.txt", "one==1.5\none==2.0\n"));
        assertThat(report.outcome()).isEqualTo(FAILED);
        assertThat(report.reason()).contains("one==1.5").contains("conflict");
    }

    @Test
    void an_index_that_is_out_is_no_fault_of_the_project() throws Exception {
        int free;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = gone.getLocalPort();
        }
        Installer pip = workshop.pip(Workshop.settings("http://127.0.0.1:" + free + "/simple", null, ""));
        InstallReport report = install(pip, Workshop.files("requirements.txt", "one\n"));
        assertThat(report.outcome()).as(Workshop.log(report)).isEqualTo(INDEX_UNREACHABLE);
        assertThat(report.reason()).contains("127.0.0.1:" + free).contains("refused");
    }

    @Test
    void a_package_that_is_built_reaches_nothing_and_sees_nothing() throws Exception {
        try (LoopbackIndex service = new LoopbackIndex()) {
            String code = """
                    import glob, os, socket, sys, urllib.request
                    def say(*words):
                        print('SAID', *words, flush=True)
                    for host, port in (('127.0.0.1', %d), ('169.254.169.254', 80), ('10.0.0.1', 80), ('1.1.1.1', 443)):
                        try:
                            socket.create_connection((host, port), 3)
                            say('reached', host)
                        except OSError:
                            pass
                        try:
                            urllib.request.urlopen(f'http://{host}:{port}/', timeout=10)
                            say('reached by the door', host)
                        except OSError as e:
                            say('refused', e.code)
                    say('project', sorted(os.listdir('/work')))
                    say('user', os.getuid(), 'secrets', [k for k in os.environ if 'KEY' in k or 'TOKEN' in k])
                    try:
                        open('/wheels/planted', 'w')
                        say('planted')
                    except OSError as e:
                        say(e.strerror)
                    """.formatted(service.port());
            Path folder = wheels();
            Files.write(folder.resolve("evil-1.tar.gz"), Packages.source("evil", "1", code));
            Installer pip = workshop.pip(Workshop.settings("", folder, ""));
            InstallReport report =
                    install(pip, Workshop.files("requirements.txt", "evil\n", "secret.txt", "s", "main.py", "1"));
            assertThat(report.outcome()).isEqualTo(FAILED);
            List<String> said = Workshop.log(report)
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("SAID"))
                    .distinct()
                    .toList();
            assertThat(said)
                    .as(Workshop.log(report))
                    .containsExactly(
                            "SAID refused 403",
                            "SAID project ['requirements.txt']",
                            "SAID user 1000 secrets []",
                            "SAID Read-only file system");
            assertThat(service.requests()).isEmpty();
            assertThat(Workshop.log(report)).contains("sandrun: installs on this node may not connect to 10.0.0.1:80");
        }
    }

    @Test
    void a_package_that_installs_for_ever_is_ended() throws Exception {
        Path folder = wheels();
        Files.write(folder.resolve("slow-1.tar.gz"), Packages.source("slow", "1", "import time; time.sleep(1000)"));
        InstallSettings patient = Workshop.settings("", folder, "");
        InstallLimits limits = Workshop.LIMITS;
        InstallSettings hasty = new InstallSettings(
                patient.pipIndex(),
                patient.pipFindLinks(),
                patient.npmRegistry(),
                List.of(),
                new InstallLimits(
                        Duration.ofSeconds(4), 2, limits.memoryBytes(), limits.diskBytes(), limits.networkBytes()));
        InstallReport report = install(workshop.pip(hasty), Workshop.files("requirements.txt", "slow\n"));
        assertThat(report.outcome()).isEqualTo(FAILED);
        assertThat(report.reason()).contains("wall time limit of 4 s");
    }

    @Test
    void the_key_tells_apart_what_could_differ_and_nothing_else() throws Exception {
        Path folder = wheels("one", "1.5");
        Installer pip = workshop.pip(Workshop.settings("", folder, ""));
        String key = keyOf(pip, Workshop.files("requirements.txt", "one\n"), "");
        assertThat(keyOf(pip, Workshop.files("requirements.txt", "# why\r\n\r\none  # so\r\n", "main.py", "1"), ""))
                .isEqualTo(key);
        assertThat(keyOf(pip, Workshop.files("requirements.txt", "one>=1\n"), ""))
                .isNotEqualTo(key);
        assertThat(keyOf(pip, Workshop.files("requirements.txt", "one\n"), "ml@1"))
                .isNotEqualTo(key);
        Files.write(folder.resolve(Packages.wheelName("one", "2.0")), Packages.wheel("one", "2.0"));
        assertThat(keyOf(pip, Workshop.files("requirements.txt", "one\n"), "")).isNotEqualTo(key);
        String local = keyOf(pip, Workshop.files("requirements.txt", "./a.whl\n", "a.whl", "1"), "");
        assertThat(keyOf(pip, Workshop.files("requirements.txt", "./a.whl\n", "a.whl", "2"), ""))
                .isNotEqualTo(local);
        Path system = Path.of("/usr/bin/python3");
        Interpreter found = Workshop.interpreter("python3");
        if (Files.exists(system) && !found.executable().toRealPath().equals(system.toRealPath())) {
            Interpreter other =
                    new Interpreter("python3", found.version(), system, List.of(), "main.py", List.of(), Map.of());
            Installer otherPip = Installer.pip(other, Workshop.settings("", folder, ""), workshop.slot());
            assertThat(keyOf(otherPip, Workshop.files("requirements.txt", "one\n"), ""))
                    .isNotEqualTo(keyOf(pip, Workshop.files("requirements.txt", "one\n"), ""));
        }
    }

    private static String keyOf(Installer installer, Inputs project, String base) throws Exception {
        return installer.key(installer.plan(project, "requirements.txt"), base);
    }

    @Test
    void requirements_that_cannot_be_read_are_told_so() throws Exception {
        Installer pip = workshop.pip(Workshop.settings("", wheels("one", "1.5"), ""));
        assertThatThrownBy(() -> pip.plan(Workshop.files("main.py", "1"), "requirements.txt"))
                .hasMessage("The requirements file 'requirements.txt' is not among the job's files.");
        Inputs binary = Workshop.archive(Map.of("requirements.txt", new byte[] {(byte) 0xff, 0}));
        assertThatThrownBy(() -> pip.plan(binary, "requirements.txt")).hasMessageContaining("is not UTF-8 text");
    }
}
