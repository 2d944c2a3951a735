package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.JobResult;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.Outcome;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in a ready environment, through broker and node, with the limits of a job that asks for nothing. */
class EnvironmentJobTest {
    private static final double PATIENCE_SECONDS = 60;

    @TempDir
    static Path directory;

    private static SandrunProcess up;
    private static BrokerClient client;

    @BeforeAll
    static void start() throws Exception {
        for (String module : List.of("pandas", "sklearn", "matplotlib")) {
            assumeTrue(
                    Files.exists(Path.of("/usr/lib/python3/dist-packages", module)),
                    "python3-" + module + " is not installed");
        }
        up = SandrunProcess.start(
                Map.of(),
                "up",
                "--port",
                "0",
                "--slots",
                "2",
                "--environments",
                "ml-basic",
                "--data",
                directory.toString());
        client = new BrokerClient(URI.create(up.awaitError("listening at (http://\\S+)")));
        up.awaitError("environments: (ml-basic)");
    }

    @AfterAll
    static void stop() throws Exception {
        if (up != null) {
            up.close();
        }
    }

    private static ObjectNode job(String code) {
        return Json.MAPPER.createObjectNode().put("code", code).put("environment", "ml-basic");
    }

    private static JobResult run(ObjectNode job) throws IOException {
        String jobId = client.submit(job).path("job_id").asText();
        client.status(jobId, PATIENCE_SECONDS);
        return client.result(jobId, 0).orElseThrow();
    }

    @Test
    void pandas_and_matplotlib_draw_two_pictures() throws IOException {
        JobResult result = run(job("""
                import sys
                import pandas as pd
                import matplotlib.pyplot as plt
                sales = pd.DataFrame({"product": ["A", "B", "A"], "revenue": [250.0, 150.0, 375.0]})
                totals = sales.groupby("product").revenue.sum()
                for name, kind in (("bars", "bar"), ("lines", "line")):
                    totals.plot(kind=kind)
                    plt.savefig(name + ".png")
                    plt.close()
                    print(name, open(name + ".png", "rb").read(8))
                print(totals["A"], sys.executable)
                """));
        assertThat(result.code()).as("%s", result).isEqualTo(Outcome.OK);
        String png = "b'\\x89PNG\\r\\n\\x1a\\n'";
        assertThat(result.output()).isEqualTo("bars " + png + "\nlines " + png + "\n625.0 /usr/bin/python3\n");
        assertThat(result.error()).isEmpty();
    }

    @Test
    void a_job_cannot_write_to_its_environment() throws IOException {
        JobResult result = run(job("""
                import errno, numpy, os
                for attempt in (lambda: open(numpy.__file__, "a"), lambda: os.remove(numpy.__file__),
                                lambda: os.mkdir(os.path.dirname(numpy.__file__) + "/own")):
                    try:
                        attempt()
                        print("written")
                    except OSError as refused:
                        print(refused.errno in (errno.EROFS, errno.EACCES))
                """));
        assertThat(result.output()).isEqualTo("True\n".repeat(3));
    }

    @Test
    void an_environment_that_nobody_has_is_told() throws IOException {
        String jobId = client.submit(job("print(1)").put("environment", "ml-basik"))
                .path("job_id")
                .asText();
        assertThat(client.status(jobId, 0).path("pending_reason").asText())
                .isEqualTo("No live node has the environment ml-basik (1 live node has: ml-basic).");
        client.cancel(jobId);
    }

    @Test
    void what_is_offered_is_listed() throws IOException {
        JsonNode offered = client.environments().path("environments").path(0);
        assertThat(offered.path("name").asText()).isEqualTo("ml-basic");
        assertThat(offered.path("packages").toString())
                .isEqualTo("[\"numpy\",\"pandas\",\"scikit-learn\",\"matplotlib\"]");
        assertThat(offered.path("python_version").asText()).startsWith("3.");
    }

    @Test
    void an_agent_names_the_environment_of_its_program() {
        CallToolResult ran = AgentStories.once(
                client.url(),
                "execute_python",
                Map.of("code", "import pandas; print(pandas.Series([1, 2]).sum())", "environment", "ml-basic"));
        assertThat(AgentStories.facts(ran).get("code"))
                .as(AgentStories.text(ran))
                .isEqualTo("ok");
        assertThat(AgentStories.text(ran)).contains("3");
        CallToolResult listed = AgentStories.once(client.url(), "list_environments", Map.of());
        assertThat(AgentStories.text(listed)).contains("ml-basic").contains("pandas");
    }
}
