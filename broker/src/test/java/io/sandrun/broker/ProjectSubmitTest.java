package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Projects come in as forms, and nodes get what they say. */
class ProjectSubmitTest {
    private static BrokerUnderTest broker;
    private static ScriptedNode node;

    @BeforeAll
    static void start(@TempDir Path directory) {
        broker = BrokerUnderTest.start(directory);
        node = ScriptedNode.register(
                broker, "n", Map.of("features", List.of("files", "requirements:pip", "requirements:npm")));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** What a node is told of the only job that waits. */
    private static JsonNode claimed(Reply submitted) {
        assertThat(submitted.status()).as("%s", submitted.raw().body()).isEqualTo(200);
        ScriptedNode.Job job = node.claimOne();
        assertThat(job.id()).isEqualTo(submitted.text("job_id"));
        node.complete(job, "");
        return job.body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tar", "tar.gz", "tgz", "tar.zst", "zip"})
    void an_archive_is_handed_to_a_node_with_what_its_manifest_says(String ending) {
        Map<String, String> files = Map.of("./src/go.py", "print(1)\n", "data.csv", "a,b\n");
        byte[] archive = switch (ending) {
            case "tar" -> TestArchives.tar(files);
            case "tar.zst" -> TestArchives.tarZst(files);
            case "zip" -> TestArchives.zip(files);
            default -> TestArchives.tarGz(files);
        };
        JsonNode job = claimed(new UploadForm()
                .file("job." + ending, archive)
                .manifest("{\"entrypoint\":\"./src/go.py\",\"args\":[\"--x\"],\"outputs\":[\"plots/*.png\"]}")
                .submit(broker));
        assertThat(job.path("interpreter").asText()).isEqualTo("python3");
        assertThat(job.path("args").toString()).isEqualTo("[\"--x\"]");
        JsonNode about = job.path("files");
        assertThat(about.path("entrypoint").asText()).isEqualTo("src/go.py");
        assertThat(about.path("outputs").toString()).isEqualTo("[\"plots/*.png\"]");
        assertThat(about.path("inputs")).hasSize(1);
        assertThat(about.path("inputs").path(0).path("form").asText()).isEqualTo("archive");
        assertThat(about.path("inputs").path(0).path("size_bytes").asLong()).isEqualTo(archive.length);
    }
}
