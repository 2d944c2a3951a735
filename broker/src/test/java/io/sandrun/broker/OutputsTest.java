package io.sandrun.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get of the files that a job left. */
class OutputsTest {
    private static final byte[] BYTES = "<script>alert(1)</script>".getBytes(UTF_8);

    @TempDir
    private Path directory;

    private BrokerUnderTest broker;
    private ScriptedNode node;
    private Job job;

    @BeforeEach
    void claim() {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(broker, "one", Map.of("features", List.of("files")));
        broker.submit(Map.of("code", "1", "outputs", List.of("*")));
        job = node.claimOne();
    }

    @AfterEach
    void close() {
        broker.close();
    }

    private void left(String path) {
        Reply report = new FilesOfNode(broker, node, job)
                .with(path, BYTES)
                .leavingOut("big.bin", "is too large")
                .report();
        assertThat(report.status()).isEqualTo(200);
    }

    @Test
    void a_list_tells_the_files_in_all_the_shapes_that_clients_read() {
        assertThat(broker.get("/outputs/" + job.id()).body().path("files")).isEmpty();
        left("plots/page.html");
        Reply list = broker.get("/outputs/" + job.id());
        assertThat(list.text("state")).isEqualTo("completed");
        assertThat(list.body().path("files").get(0).asText()).isEqualTo("plots/page.html");
        assertThat(list.body().path("outputs").get(0).path("type").asText()).isEqualTo("text/html");
        assertThat(list.body().path("file_details").get(0).path("sha256").asText())
                .isEqualTo(FilesOfNode.sha256(BYTES));
        assertThat(list.body().path("left_out").get(0).path("name").asText()).isEqualTo("big.bin");
        assertThat(list.body().path("left_out_count").asInt()).isEqualTo(1);
        assertThat(broker.get("/status/" + job.id())
                        .body()
                        .at("/execution_metadata/environment")
                        .asText())
                .isEqualTo("ml-basic@abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plots/page.html", "a b.html", "100%25.html", "größe \"1\".html", "+.html", "..html"})
    void a_file_is_had_by_its_name_and_runs_nothing(String path) {
        left(path);
        String encoded = URLEncoder.encode(path, UTF_8).replace("+", "%20").replace("%2F", "/");
        for (String call : List.of("/outputs/", "/download/")) {
            Reply reply = broker.get(call + job.id() + "/" + encoded);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.raw().body()).isEqualTo(new String(BYTES, UTF_8));
            assertThat(reply.raw().headers().firstValue("Content-Type").orElse(""))
                    .startsWith("text/html");
            assertThat(reply.raw().headers().firstValue("X-Content-Type-Options"))
                    .contains("nosniff");
            assertThat(reply.raw()
                            .headers()
                            .firstValue("Content-Security-Policy")
                            .orElse(""))
                    .startsWith("sandbox;");
            assertThat(reply.raw().headers().firstValue("Content-Disposition").isPresent())
                    .isEqualTo(call.equals("/download/"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../sandrun.db", "%2e%2e/sandrun.db", "..%2fsandrun.db", "..%5csandrun.db", "a%00", "%0a", "b"})
    void no_other_path_leads_to_a_file(String path) {
        left("a");
        Reply reply = broker.get("/download/" + job.id() + "/" + path);
        assertThat(reply.status()).isIn(400, 404);
        assertThat(reply.text("code")).isIn("unknown_file", "not_found", "malformed_request", "unknown_job");
    }

    @Test
    void a_job_that_nobody_knows_has_no_files() {
        for (String call : List.of("/outputs/x", "/outputs/x/a", "/download/x/a")) {
            assertThat(broker.get(call).text("code")).isEqualTo("unknown_job");
        }
    }
}
