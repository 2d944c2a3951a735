package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The second part of the tutorial, packages that a project requires: with pip from a folder of wheels that are made of
 * what this machine's Python has, and the same with npm from its registry.
 */
@Timeout(300)
class TutorialRequirementsTest {
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    static Path directory;

    @TempDir
    Path folder;

    private static SandrunProcess up;
    private static String url;
    private static JsonNode features;

    @BeforeAll
    static void start() throws Exception {
        Shell.assumeHas("bash", "curl", "jq", "tar");
        Path wheels = Files.createDirectory(directory.resolve("wheels"));
        makeWheels(wheels);
        up = SandrunProcess.start(
                Map.of(),
                "up",
                "--port",
                "0",
                "--slots",
                "1",
                "--pip-index",
                "none",
                "--pip-find-links",
                wheels.toString(),
                "--data",
                directory.resolve("data").toString());
        url = up.awaitError("listening at (http://\\S+)").replace("127.0.0.1", "localhost");
        up.awaitError("ready");
        features = new BrokerClient(URI.create(url))
                .nodes()
                .path("nodes")
                .path(0)
                .path("capabilities")
                .path("features");
    }

    private static void makeWheels(Path wheels) throws Exception {
        Process make = new ProcessBuilder(
                        "/usr/bin/python3", TutorialFiles.of("make_wheels.py").toString(), wheels.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(make.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(make.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        Assumptions.assumeTrue(
                make.exitValue() == 0, "no wheels of pandas and matplotlib for /usr/bin/python3: " + lastLine(said));
    }

    private static String lastLine(String text) {
        return text.strip().substring(text.strip().lastIndexOf('\n') + 1);
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.close();
        }
    }

    @Test
    void part_2_a_project_with_its_packages() throws Exception {
        assumeFeature("requirements:pip");
        TutorialFiles.copyTo(folder);
        try (Shell shell = new Shell(folder, url)) {
            shell.type("mv project analytics-project && cd analytics-project");
            shell.type("tar czf ../analytics-project.tar.gz .");
            shell.type("cd ..");
            shell.type("""
                    RESPONSE=$(curl -s -X POST http://localhost:8443/submit \\
                      -F "files=@analytics-project.tar.gz" \\
                      -F "manifest=$(cat analytics-project/job.json)")
                    """);
            shell.type("JOB_ID=$(echo $RESPONSE | jq -r '.job_id')");
            assertThat(shell.type("echo \"Job submitted: $JOB_ID\"")).startsWith("Job submitted: pool-");
            shell.awaitJob();
            shell.awaitJob();
            String log = shell.type("curl http://localhost:8443/logs/$JOB_ID");
            assertThat(log).contains("pandas").contains("✓ 4 rows");
            TutorialTest.assertPlots(shell);

            // What is required is there now: the same project begins without an installation.
            shell.type("JOB_ID=$(curl -s -X POST http://localhost:8443/submit -F files=@analytics-project.tar.gz"
                    + " -F \"manifest=$(cat analytics-project/job.json)\" | jq -r .job_id)");
            shell.awaitJob();
            assertThat(shell.type("curl -s 'http://localhost:8443/logs/'$JOB_ID'?stream=stdout'"))
                    .isEqualTo("✓ 4 rows\n");
            assertThat(shell.type("curl -s 'http://localhost:8443/logs/'$JOB_ID'?stream=install'"))
                    .doesNotContain("Collecting", "Processing");
        }
    }

    @Test
    void the_example_with_packages_runs_from_the_command_line() throws Exception {
        assumeFeature("requirements:pip");
        Path results = directory.resolve("results");
        var ended = SandrunProcess.run(
                Map.of("SANDRUN_URL", url), "", "run", "-o", results.toString(), "../examples/sales-project");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(ended.output()).startsWith("10 orders, 1119.50 EUR\n");
        assertThat(results.resolve("plots/days.png")).isNotEmptyFile();
        assertThat(results.resolve("report.txt")).isNotEmptyFile();
    }

    @Test
    void the_same_with_npm() throws Exception {
        assumeFeature("requirements:npm");
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", "run", "../examples/npm-project");
        Assumptions.assumeFalse(
                ended.errors().contains("install_failed") && ended.errors().contains("reach"),
                "the npm registry is not reached from here: " + ended.errors());
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(ended.output()).isEqualTo("90000 ms are 2 minutes\n172800000 ms are 2 days\n");
    }

    @Test
    void a_requirement_that_does_not_exist_is_named() throws Exception {
        assumeFeature("requirements:pip");
        Files.writeString(folder.resolve("main.py"), "print('never')");
        Files.writeString(folder.resolve("requirements.txt"), "no-such-package-at-all\n");
        Files.writeString(folder.resolve("job.json"), "{\"requirements\": \"requirements.txt\"}");
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", "run", folder.toString());
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.output()).isEmpty();
        assertThat(lastLine(ended.errors()))
                .startsWith("sandrun: install_failed: ")
                .contains("no-such-package-at-all");

        try (Shell shell = new Shell(folder, url)) {
            shell.type("tar czf ../job.tar.gz .");
            shell.type("JOB_ID=$(curl -s http://localhost:8443/submit -F files=@../job.tar.gz | jq -r .job_id)");
            shell.awaitJob();
            List<String> answer =
                    shell.typeLines("curl -s http://localhost:8443/status/$JOB_ID | jq -r '.status, .code, .reason'");
            assertThat(answer)
                    .startsWith("failed", "install_failed")
                    .last()
                    .asString()
                    .contains("no-such-package-at-all");
            JsonNode status = Json.MAPPER.readTree(shell.type("curl -s http://localhost:8443/status/$JOB_ID"));
            assertThat(status.path("state").asText()).isEqualTo("failed");
        }
    }

    private static void assumeFeature(String feature) {
        Assumptions.assumeTrue(
                features.toString().contains('"' + feature + '"'),
                "this machine's node has no " + feature + ": see `sandrun doctor`");
    }
}
