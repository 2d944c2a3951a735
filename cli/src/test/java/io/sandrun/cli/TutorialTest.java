package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the tutorial, as its readers type them: curl, jq and tar against one address. The files are our own,
 * and where its readers wait for some seconds, the test waits for the job.
 */
@Timeout(200)
class TutorialTest {
    private static final String SUBMITTED = "Job submitted: pool-[0-9a-z-]+\n?";

    @TempDir
    static Path directory;

    @TempDir
    Path folder;

    private static SandrunProcess up;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        Shell.assumeHas("bash", "curl", "jq", "tar");
        up = SandrunProcess.start(Map.of(), "up", "--port", "0", "--slots", "2", "--data", directory.toString());
        url = up.awaitError("listening at (http://\\S+)").replace("127.0.0.1", "localhost");
        up.awaitError("ready");
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.close();
        }
    }

    @BeforeEach
    void copyFiles() throws Exception {
        TutorialFiles.copyTo(folder);
    }

    @Test
    void before_the_first_part_the_server_is_healthy() throws Exception {
        try (Shell shell = new Shell(folder, url)) {
            JsonNode health = Json.MAPPER.readTree(shell.type("curl http://localhost:8443/health"));
            assertThat(health.path("status").asText()).isEqualTo("healthy");
        }
    }

    @Test
    void part_1_a_script_and_its_data() throws Exception {
        try (Shell shell = new Shell(folder.resolve("single"), url)) {
            shell.type("tar czf job.tar.gz analyze.py sales.csv");
            shell.type("""
                    RESPONSE=$(curl -s -X POST http://localhost:8443/submit \\
                      -F "files=@job.tar.gz" \\
                      -F "manifest=$(cat job.json)")
                    """);
            shell.type("JOB_ID=$(echo $RESPONSE | jq -r '.job_id')");
            assertThat(shell.type("echo \"Job submitted: $JOB_ID\"")).matches(SUBMITTED);
            assertThat(shell.type("echo $RESPONSE | jq -r '.status'")).isEqualTo("queued\n");
            shell.awaitJob();

            JsonNode status = Json.MAPPER.readTree(shell.type("curl http://localhost:8443/status/$JOB_ID | jq"));
            assertThat(status.path("status").asText()).isEqualTo("completed");
            assertThat(status.path("output_files")
                            .path("report.txt")
                            .path("size_bytes")
                            .asInt())
                    .isPositive();
            assertThat(shell.type("curl http://localhost:8443/logs/$JOB_ID")).isEqualTo("""
                            === Chandlery ===

                            Turnover: $305.00
                              Anchor: $90.00
                              Lantern: $50.00
                              Rope: $165.00

                            ✓ written to report.txt
                            """);
            assertThat(shell.type("curl http://localhost:8443/outputs/$JOB_ID/report.txt"))
                    .isEqualTo("Turnover: $305.00\n  Anchor: $90.00\n  Lantern: $50.00\n  Rope: $165.00\n");
        }
    }

    @Test
    void part_3_a_project_in_an_environment_that_is_ready() throws Exception {
        assumeEnvironment("ml-basic");
        try (Shell shell = new Shell(folder, url)) {
            JsonNode listed = Json.MAPPER.readTree(shell.type("curl http://localhost:8443/environments | jq"));
            JsonNode basic = environment(listed, "ml-basic");
            assertThat(basic.path("packages"))
                    .extracting(JsonNode::asText)
                    .contains("numpy", "pandas", "scikit-learn", "matplotlib");
            assertThat(basic.path("python_version").asText()).matches("3\\.\\d+\\.\\d+");

            shell.type("mv project analytics-project && mv project-env.json analytics-project/job.json");
            shell.type("cd analytics-project");
            shell.type("tar czf ../analytics-env.tar.gz .");
            shell.type("cd ..");
            shell.type("""
                    RESPONSE=$(curl -s -X POST http://localhost:8443/submit \\
                      -F "files=@analytics-env.tar.gz" \\
                      -F "manifest=$(cat analytics-project/job.json)")
                    """);
            shell.type("JOB_ID=$(echo $RESPONSE | jq -r '.job_id')");
            assertThat(shell.type("echo \"Job submitted: $JOB_ID\"")).matches(SUBMITTED);
            shell.awaitJob();

            JsonNode metadata = Json.MAPPER.readTree(
                    shell.type("curl http://localhost:8443/status/$JOB_ID | jq '.execution_metadata'"));
            assertThat(metadata.path("environment").asText()).startsWith("ml-basic");
            assertThat(metadata.path("interpreter").asText()).isEqualTo("python3");
            assertThat(metadata.path("exit_code").asInt(-1)).isZero();
            assertThat(metadata.path("cpu_seconds").asDouble()).isPositive();
            assertThat(metadata.path("memory_peak_bytes").asLong()).isGreaterThan(10 << 20);
            assertThat(metadata.path("runtime_seconds").asDouble()).isPositive();
            assertPlots(shell);
        }
    }

    @Test
    void part_4_one_job_over_several_files() throws Exception {
        assumeEnvironment("ml-basic");
        try (Shell shell = new Shell(folder, url)) {
            shell.type("cd multi-region");
            shell.type("tar czf ../multi-region.tar.gz .");
            shell.type("cd ..");
            shell.type("""
                    RESPONSE=$(curl -s -X POST http://localhost:8443/submit \\
                      -F "files=@multi-region.tar.gz" \\
                      -F "manifest=$(cat multi-region/job.json)")
                    """);
            shell.type("JOB_ID=$(echo $RESPONSE | jq -r '.job_id')");
            assertThat(shell.type("echo \"Job submitted: $JOB_ID\"")).matches(SUBMITTED);
            shell.awaitJob();

            JsonNode summary =
                    Json.MAPPER.readTree(shell.type("curl http://localhost:8443/outputs/$JOB_ID/summary.json | jq"));
            assertThat(summary.path("regions"))
                    .extracting(region -> region.path("region").asText())
                    .containsExactly("coast", "lakes");
            assertThat(summary.path("regions").path(1).path("total_revenue").asDouble())
                    .isEqualTo(245.5);
            assertThat(summary.path("totals").path("revenue").asDouble()).isEqualTo(395.5);
            assertThat(summary.path("totals").path("regions_processed").asInt()).isEqualTo(2);
        }
    }

    @Test
    void part_6_a_job_is_watched_while_it_runs() throws Exception {
        try (Shell shell = new Shell(folder, url)) {
            shell.type("cd streaming-demo");
            shell.type("tar czf ../streaming.tar.gz .");
            shell.type("cd ..");
            shell.type("""
                    RESPONSE=$(curl -s -X POST http://localhost:8443/submit \\
                      -F "files=@streaming.tar.gz" \\
                      -F "manifest=$(cat streaming-demo/job.json)")
                    """);
            shell.type("JOB_ID=$(echo $RESPONSE | jq -r '.job_id')");
            String submitted = shell.type("echo \"Job submitted: $JOB_ID\"").strip();
            assertThat(submitted).matches(SUBMITTED);

            String jobId = submitted.replaceFirst(".* ", "");
            LogFrames frames = LogFrames.of(URI.create(url.replaceFirst("http", "ws") + "/logs/" + jobId + "/stream"));
            assertThat(frames.closeCode()).isEqualTo(4000);
            assertThat(frames.text()).isEqualTo("""
                            === Loading the ship ===

                            [Deck 1] 10 crates...
                              5/10 stowed
                              10/10 stowed
                            [Deck 2] 5 crates...
                              5/5 stowed
                            🚢 loaded
                            """);
            // The program takes 2.25 s between its first line and its last.
            assertThat(frames.seconds()).isGreaterThan(1.5);
        }
    }

    /** What the second and the third part look at, when their job has ended. */
    static void assertPlots(Shell shell) throws Exception {
        assertThat(shell.type("curl http://localhost:8443/status/$JOB_ID | jq '.status'"))
                .isEqualTo("\"completed\"\n");
        JsonNode outputs = Json.MAPPER.readTree(shell.type("curl http://localhost:8443/outputs/$JOB_ID | jq"));
        assertThat(outputs.path("files"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("report.txt", "plots/by_day.png", "plots/by_product.png");
        shell.type("curl http://localhost:8443/download/$JOB_ID -o results.tar.gz");
        assertThat(shell.typeLines("tar tzf results.tar.gz | grep -v /$ | sort"))
                .containsExactly("plots/by_day.png", "plots/by_product.png", "report.txt");
        shell.type("tar xzf results.tar.gz");
        assertThat(shell.typeLines("ls -R plots/")).contains("plots/:", "by_day.png", "by_product.png");
        assertThat(shell.type("cat report.txt")).isEqualTo("Turnover: $305.00\n");
        assertThat(shell.type("head -c 4 plots/by_day.png | tail -c 3")).isEqualTo("PNG");
    }

    private static void assumeEnvironment(String name) throws Exception {
        JsonNode answer = new BrokerClient(URI.create(url)).environments();
        Assumptions.assumeTrue(
                !environment(answer, name).isMissingNode(),
                "this machine has no " + name + ": see `sandrun doctor` for the packages that it lacks");
    }

    private static JsonNode environment(JsonNode answer, String name) {
        for (JsonNode environment : answer.path("environments")) {
            if (environment.path("name").asText().equals(name)) {
                return environment;
            }
        }
        return Json.MAPPER.missingNode();
    }
}
