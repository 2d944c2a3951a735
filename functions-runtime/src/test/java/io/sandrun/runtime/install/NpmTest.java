package io.sandrun.runtime.install;

import static io.sandrun.runtime.install.InstallReport.Outcome.FAILED;
import static io.sandrun.runtime.install.InstallReport.Outcome.INDEX_UNREACHABLE;
import static io.sandrun.runtime.install.InstallReport.Outcome.INSTALLED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.sandrun.runtime.Inputs;
import io.sandrun.runtime.LoopbackIndex;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** npm in its sandbox: real npm, packages made here, a registry on loopback. */
class NpmTest {
    /** What npm says when it was answered, but by a registry that is too busy or has trouble of its own. */
    private static final Pattern TROUBLE_OF_REGISTRY = Pattern.compile("code E(429|5\\d\\d)");

    private static final String PROJECT = """
            {"name": "project", "version": "1.0.0", "dependencies": {"%s": "%s"},
             "scripts": {"postinstall": "echo the project was asked"}}
            """;

    private static Workshop workshop;
    private LoopbackIndex registry;

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

    @BeforeEach
    void serve() throws Exception {
        registry = new LoopbackIndex();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void publish(String name, String manifestRest, Map<String, String> files) {
        byte[] tarball = Packages.npm(files);
        String path = "/" + name + "/-/" + name + "-1.0.0.tgz";
        String url = "http://" + registry.address() + path;
        registry.serve("/" + name, Packages.npmDocument(name, "1.0.0", manifestRest, url, tarball))
                .serve(path, tarball);
    }

    private void publishPlain(String name) {
        publish(
                name,
                ",\"bin\":{\"say\":\"cli.js\"},\"exports\":{\"import\":\"./index.mjs\",\"require\":\"./index.cjs\"}",
                Map.of(
                        "package.json",
                        "{\"name\":\"" + name + "\",\"version\":\"1.0.0\",\"bin\":{\"say\":\"cli.js\"},"
                                + "\"exports\":{\"import\":\"./index.mjs\",\"require\":\"./index.cjs\"}}",
                        "cli.js",
                        "#!/usr/bin/env node\nconsole.log('said')\n",
                        "index.mjs",
                        "export default 'imported'\n",
                        "index.cjs",
                        "module.exports = 'required'\n"));
    }

    private Installer npm() {
        return workshop.npm(Workshop.settings("", null, "http://" + registry.address() + "/"));
    }

    private Path tree() {
        return directory.resolve("tree");
    }

    private InstallReport install(Inputs project) throws Exception {
        return workshop.install(npm(), project, "package.json", tree()).report();
    }

    private static void assertInstalled(InstallReport report) {
        assertThat(report.outcome())
                .as("%s %s", report.reason(), Workshop.log(report))
                .isEqualTo(INSTALLED);
    }

    @Test
    void packages_are_found_by_require_and_by_import() throws Exception {
        publishPlain("tiny-words");
        InstallReport report = install(Workshop.files("package.json", PROJECT.formatted("tiny-words", "^1.0.0")));
        assertInstalled(report);
        var node = Workshop.interpreter("node");
        assertThat(workshop.run(node, tree(), "console.log(require('tiny-words'))"))
                .isEqualTo("required");
        assertThat(workshop.run(node, tree(), "main.mjs", "import word from 'tiny-words'; console.log(word)"))
                .isEqualTo("imported");
        assertThat(workshop.run(node, tree(), """
                        const {execFileSync} = require('child_process');
                        console.log(String(execFileSync('/node_modules/.bin/say')).trim());
                        try { require('fs').writeFileSync('/node_modules/new', 'x') } catch (e) { console.log(e.code) }
                        """)).isEqualTo("said\nEROFS");
        assertThat(Workshop.log(report)).doesNotContain("the project was asked");
    }

    @Test
    void a_lock_file_is_kept_to() throws Exception {
        publishPlain("tiny-words");
        String lock = """
                {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {
                  "": {"name": "project", "version": "1.0.0", "dependencies": {"tiny-words": "^1.0.0"}},
                  "node_modules/tiny-words": {"version": "1.0.0",
                    "resolved": "http://%s/tiny-words/-/tiny-words-1.0.0.tgz", "integrity": "%s"}}}
                """;
        String address = registry.address();
        String wrong = "sha512-" + "A".repeat(86) + "==";
        InstallReport report = install(Workshop.files(
                "package.json",
                PROJECT.formatted("tiny-words", "^1.0.0"),
                "package-lock.json",
                lock.formatted(address, wrong)));
        assertThat(report.outcome()).isEqualTo(FAILED);
        assertThat(report.reason()).contains("integrity").contains(wrong.substring(0, 40));
    }

    @Test
    void scripts_of_packages_run_in_the_sandbox_alone() throws Exception {
        publish(
                "scripted",
                ",\"hasInstallScript\":true,\"scripts\":{\"postinstall\":\"node made.js\"}",
                Map.of(
                        "package.json",
                        "{\"name\":\"scripted\",\"version\":\"1.0.0\",\"scripts\":{\"postinstall\":\"node made.js\"}}",
                        "made.js",
                        """
                        const fs = require('fs');
                        fs.writeFileSync('index.js', 'module.exports = 1');
                        fs.symlinkSync('/etc/passwd', 'stolen');
                        """));
        InstallReport report =
                install(Workshop.files("package.json", PROJECT.formatted("scripted", "1.0.0"), "secret.js", "1"));
        assertThat(report.outcome()).isEqualTo(FAILED);
        assertThat(report.reason()).contains("scripted/stolen").contains("leads out of the tree");
    }

    @Test
    void what_does_not_exist_is_named() throws Exception {
        InstallReport report = install(Workshop.files("package.json", PROJECT.formatted("nosuchthing", "9.9.9")));
        assertThat(report.outcome()).as(Workshop.log(report)).isEqualTo(FAILED);
        assertThat(report.reason())
                .startsWith("The requirements could not be installed. npm: ")
                .contains("nosuchthing");
    }

    @Test
    void the_public_registry_is_reached() throws Exception {
        Installer npm = workshop.npm(Workshop.settings("", null, "https://registry.npmjs.org/"));
        InstallReport report = workshop.install(
                        npm,
                        Workshop.files("package.json", PROJECT.formatted("is-number", "7.0.0")),
                        "package.json",
                        tree())
                .report();
        assumeFalse(report.outcome() == INDEX_UNREACHABLE, report.reason());
        String said = new String(report.log(), StandardCharsets.UTF_8);
        assumeFalse(TROUBLE_OF_REGISTRY.matcher(said).find(), said);
        assertInstalled(report);
        assertThat(workshop.run(Workshop.interpreter("node"), tree(), "console.log(require('is-number')('7'))"))
                .isEqualTo("true");
    }

    @Test
    void a_file_of_the_project_may_be_a_dependency() throws Exception {
        Inputs project = Workshop.files(
                "package.json",
                PROJECT.formatted("near", "file:./near"),
                "near/package.json",
                "{\"name\":\"near\",\"version\":\"1.0.0\"}",
                "near/index.js",
                "module.exports = 'near'");
        assertInstalled(install(project));
        assertThat(workshop.run(Workshop.interpreter("node"), tree(), "console.log(require('near'))"))
                .isEqualTo("near");
    }
}
