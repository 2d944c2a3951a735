package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.transfer.Progress;
import io.sandrun.protocol.transfer.UploadFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects that require packages, from submit to result: a real platform, real pip and npm, an index on loopback. */
class RequirementsTest {
    private static final double PATIENCE_SECONDS = 120;

    @TempDir
    static Path directory;

    private static PackageIndex index;
    private static SandrunProcess up;
    private static BrokerClient client;
    private static List<String> features;

    @BeforeAll
    static void start() throws Exception {
        index = new PackageIndex();
        up = SandrunProcess.start(
                Map.of(),
                "up",
                "--port=0",
                "--slots=2",
                "--environments=none",
                "--pip-index=" + index.pip(),
                "--npm-registry=" + index.npm(),
                "--data=" + directory);
        client = new BrokerClient(URI.create(up.awaitError("listening at (http://\\S+)")));
        up.awaitError("ready");
        features = new ArrayList<>();
        client.nodes().path("nodes").findPath("features").forEach(feature -> features.add(feature.asText()));
    }

    @AfterAll
    static void stop() {
        up.close();
        index.close();
    }

    private static String submit(String requirements, String... pathsAndContents) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int place = 0; place < pathsAndContents.length; place += 2) {
            files.put(pathsAndContents[place], PackageIndex.bytes(pathsAndContents[place + 1]));
        }
        return submit(requirements, pathsAndContents[0], files);
    }

    private static String submit(String requirements, String entrypoint, Map<String, byte[]> files) throws IOException {
        byte[] packed = PackageIndex.tarGz(files);
        ObjectNode manifest =
                Json.MAPPER.createObjectNode().put("entrypoint", entrypoint).put("requirements", requirements);
        UploadFile upload = new UploadFile("project.tar.gz", packed.length, () -> new ByteArrayInputStream(packed));
        return client.submit(manifest, List.of(upload), Progress.UNSEEN)
                .path("job_id")
                .asText();
    }

    private static JobResult result(String jobId) throws IOException {
        return client.result(jobId, PATIENCE_SECONDS).orElseThrow();
    }

    private static void requireFeature(String feature) {
        assumeTrue(features.contains(feature), "this machine's node does not offer " + feature);
    }

    @Test
    void a_second_run_of_a_project_starts_without_installing() throws Exception {
        requireFeature("requirements:pip");
        index.offerPython("first");
        String[] project = {"main.py", "import first\nprint(first.WORD)\n", "requirements.txt", "first\n"};
        JobResult once = result(submit("requirements.txt", project));
        assertThat(once.output()).as(once.error()).isEqualTo("first was installed\n");
        int asked = index.requests().size();
        assertThat(asked).isPositive();
        project[1] = "import first\nprint(first.WORD, 'before')\n";
        assertThat(result(submit("requirements.txt", project)).output()).isEqualTo("first was installed before\n");
        assertThat(index.requests()).hasSize(asked);
    }

    @Test
    void jobs_that_require_the_same_at_once_share_one_installation() throws Exception {
        requireFeature("requirements:pip");
        index.offerPython("shared");
        List<String> jobs = new ArrayList<>();
        for (int job = 0; job < 4; job++) {
            jobs.add(submit(
                    "requirements.txt",
                    "main.py",
                    "import shared, sys\nprint(shared.WORD)\n",
                    "requirements.txt",
                    "shared\n"));
        }
        for (String job : jobs) {
            JobResult result = result(job);
            assertThat(result.output()).as(result.error()).isEqualTo("shared was installed\n");
        }
        assertThat(index.requests().stream().filter(path -> path.endsWith("/shared-1.0-py3-none-any.whl")))
                .hasSize(1);
    }

    @Test
    void what_cannot_be_installed_fails_with_its_name() throws Exception {
        requireFeature("requirements:pip");
        String job = submit("requirements.txt", "main.py", "print(1)", "requirements.txt", "nosuchthing==9\n");
        assertThat(client.result(job, PATIENCE_SECONDS)).isPresent();
        JsonNode status = client.status(job, 0);
        assertThat(status.path("code").asText()).isEqualTo("install_failed");
        assertThat(status.path("reason").asText()).contains("nosuchthing==9");
    }

    @Test
    void a_project_may_bring_its_own_wheel_and_cannot_write_to_what_is_installed() throws Exception {
        requireFeature("requirements:pip");
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("main.py", PackageIndex.bytes("""
                import own
                print(own.WORD)
                try:
                    open(own.__file__, 'w')
                except OSError as e:
                    print(e.strerror)
                """));
        files.put("requirements.txt", PackageIndex.bytes("./wheels/own-1.0-py3-none-any.whl\n"));
        files.put("wheels/own-1.0-py3-none-any.whl", PackageIndex.wheel("own"));
        JobResult result = result(submit("requirements.txt", "main.py", files));
        assertThat(result.output()).as(result.error()).isEqualTo("own was installed\nRead-only file system\n");
    }

    @Test
    void modules_for_node_are_imported() throws Exception {
        requireFeature("requirements:npm");
        index.offerNode("worded");
        JobResult result = result(submit(
                "package.json",
                "index.mjs",
                "import {word} from 'worded'; console.log(word);\n",
                "package.json",
                "{\"name\":\"project\",\"version\":\"1.0.0\",\"dependencies\":{\"worded\":\"^1.0.0\"}}"));
        assertThat(result.output()).as(result.error()).isEqualTo("worded was installed\n");
    }

    @Test
    void an_agent_names_the_packages_of_its_program() throws Exception {
        requireFeature("requirements:pip");
        index.offerPython("agentic");
        CallToolResult ran = AgentStories.once(
                client.url(),
                "execute_python",
                Map.of("code", "import agentic; print(agentic.WORD)", "packages", List.of("agentic==1.0")));
        assertThat(AgentStories.text(ran)).contains("agentic was installed");
        CallToolResult failed = AgentStories.once(
                client.url(), "execute_python", Map.of("code", "print(1)", "packages", List.of("nosuchthing==9")));
        assertThat(failed.isError()).isTrue();
        assertThat(AgentStories.facts(failed).get("code")).isEqualTo("install_failed");
        assertThat(AgentStories.text(failed)).contains("nosuchthing").contains("What to do:");
    }
}
