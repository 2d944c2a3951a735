package io.sandrun.cli;

import static io.sandrun.cli.ProjectJobs.files;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.JobResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is killed while it installs what a job requires: broker and nodes as processes, an index on loopback. */
class InstallCutOffTest {
    private static final long PATIENCE_SECONDS = 60;
    private static final String PACKAGE = "halfway";
    private static final String MANIFEST = "{\"requirements\": \"requirements.txt\"}";
    private static final String PROGRAM = "import halfway\nprint(halfway.WORD)\n";

    @TempDir
    Path directory;

    private PackageIndex index;
    private SandrunProcess broker;
    private String url;
    private ProjectJobs jobs;

    @BeforeEach
    void start() throws Exception {
        index = new PackageIndex().offerPython(PACKAGE);
        broker = SandrunProcess.start(Map.of(), "broker", "--port=0", "--data=" + directory.resolve("broker"));
        url = broker.awaitError("listening at (http://\\S+)");
        jobs = new ProjectJobs(url, Files.createDirectory(directory.resolve("downloads")));
    }

    @AfterEach
    void stop() {
        broker.close();
        index.close();
    }

    private SandrunProcess startNode(String name) throws Exception {
        SandrunProcess node = SandrunProcess.start(
                Map.of(),
                "node",
                "--broker=" + url,
                "--slots=1",
                "--environments=none",
                "--drain-seconds=0",
                "--pip-index=" + index.pip(),
                "--data=" + directory.resolve(name));
        node.awaitError("ready");
        return node;
    }

    /** Of the one node that there is, once the broker knows it. */
    private List<String> features() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        JsonNode nodes = jobs.client().nodes().path("nodes");
        while (nodes.isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            nodes = jobs.client().nodes().path("nodes");
        }
        List<String> features = new ArrayList<>();
        nodes.findPath("features").forEach(feature -> features.add(feature.asText()));
        return features;
    }

    private String submit() throws Exception {
        return jobs.submit(MANIFEST, files("main.py", PROGRAM, "requirements.txt", PACKAGE + "\n"));
    }

    @Test
    void another_node_installs_anew_and_the_killed_one_takes_no_half_for_a_whole() throws Exception {
        PackageIndex.Gate gate = index.hold(PACKAGE);
        try (SandrunProcess first = startNode("first")) {
            assumeTrue(features().contains("requirements:pip"), "this machine's node does not offer requirements:pip");
            String jobId = submit();
            gate.awaitAsked();
            try (SandrunProcess second = startNode("second")) {
                first.kill();
                first.awaitEnd();
                gate.open();
                JobResult result = jobs.completed(jobId);
                assertThat(result.output()).isEqualTo("halfway was installed\n");
                assertThat(result.attempts()).isEqualTo(2);
                second.terminate();
                second.awaitEnd();
            }
        }
        long asked = index.requestsFor(PACKAGE);
        assertThat(asked).isEqualTo(2);
        try (SandrunProcess again = startNode("first")) {
            assertThat(jobs.completed(submit()).output()).isEqualTo("halfway was installed\n");
            assertThat(index.requestsFor(PACKAGE)).isGreaterThan(asked);
            again.terminate();
            again.awaitEnd();
        }
    }
}
