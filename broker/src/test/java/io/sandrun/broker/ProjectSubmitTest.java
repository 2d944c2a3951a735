package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Projects come in as forms, and nodes get what they say. */
class ProjectSubmitTest {
    @TempDir
    private static Path directory;

    private static BrokerUnderTest broker;
    private static ScriptedNode node;

    @BeforeAll
    static void start() {
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

    /** The inputs as {@code form:path=content}, read from the store. */
    private static List<String> inputs(JsonNode job) throws IOException {
        List<String> inputs = new ArrayList<>();
        for (JsonNode input : job.path("files").path("inputs")) {
            String sha256 = input.path("sha256").asText();
            Path file = directory
                    .resolve("artifacts")
                    .resolve(sha256.substring(0, 2))
                    .resolve(sha256.substring(2, 4))
                    .resolve(sha256);
            assertThat(Files.size(file)).isEqualTo(input.path("size_bytes").asLong());
            inputs.add(input.path("path").asText() + "=" + Files.readString(file));
        }
        return inputs;
    }

    @Test
    void several_files_keep_their_names_and_folders() throws IOException {
        JsonNode job = claimed(new UploadForm()
                .file("proj/run.sh", "echo hi\r\n")
                .part("files[]", "./proj/data/größe.csv", "--\r\n".getBytes(StandardCharsets.UTF_8))
                .manifest("{\"entrypoint\":\"proj/run.sh\"}")
                .submit(broker));
        assertThat(inputs(job)).containsExactly("proj/run.sh=echo hi\r\n", "proj/data/größe.csv=--\r\n");
        assertThat(job.path("interpreter").asText()).isEqualTo("bash");
    }

    @Test
    void archives_and_files_may_be_mixed() {
        JsonNode job = claimed(new UploadForm()
                .manifest("")
                .file("code.zip", TestArchives.zip(Map.of("main.py", "")))
                .file("data.csv", "a")
                .file("more.tar", TestArchives.tar(Map.of("lib/a.py", "", "lib/", "")))
                .submit(broker));
        assertThat(job.path("files").path("inputs")).hasSize(3);
        assertThat(job.path("files").path("inputs").path(1).path("path").asText())
                .isEqualTo("data.csv");
        assertThat(job.path("files").path("entrypoint").asText()).isEqualTo("main.py");
    }

    @Test
    void the_text_form_of_one_file_is_that_file_whatever_its_size_says() throws IOException {
        for (String size : List.of("9", "1", "999999999999", "-5", "many")) {
            String form = "----Tar\nPath: main.py\nSize: " + size + "\n\nprint('ü')\n\n----Tar\n";
            JsonNode job = claimed(new UploadForm()
                    .file("job.tar.gz", form)
                    .manifest("{\"interpreter\":\"bash\"}")
                    .submit(broker));
            assertThat(inputs(job)).containsExactly("main.py=print('ü')\n\n----Tar\n");
            assertThat(job.path("interpreter").asText()).isEqualTo("bash");
        }
    }

    @Test
    void the_text_form_of_several_files_is_those_files() throws IOException {
        String line = "----TarBoundary1700000000000";
        String form = line + "\nPath: src/main.py\nSize: 3\n\na\nb\n"
                + line + "\nPath: empty\nSize: 0\n\n\n"
                + line + "\nPath: tricky\nSize: 1\n\n" + line + "\n" + line + "\n\nx\n\n";
        JsonNode job = claimed(new UploadForm()
                .file("job.tar.gz", form)
                .manifest("{\"entrypoint\":\"src/main.py\"}")
                .submit(broker));
        assertThat(inputs(job))
                .containsExactly("src/main.py=a\nb", "empty=", "tricky=" + line + "\n" + line + "\n\nx\n");
    }

    @Test
    void a_manifest_in_the_files_is_read_unless_the_field_says_where_to_begin() {
        byte[] archive = TestArchives.tarGz(Map.of(
                "job.json",
                "{\"entrypoint\":\"go.sh\",\"timeout\":9,\"args\":[\"inside\"]}",
                "go.sh",
                "",
                "main.py",
                ""));
        JsonNode inside = claimed(new UploadForm().file("a.tgz", archive).submit(broker));
        assertThat(inside.path("files").path("entrypoint").asText()).isEqualTo("go.sh");
        assertThat(inside.path("limits").path("timeout").asDouble()).isEqualTo(9);
        JsonNode both = claimed(new UploadForm()
                .file("a.tgz", archive)
                .manifest("{\"args\":[\"outside\"]}")
                .submit(broker));
        assertThat(both.path("args").toString()).isEqualTo("[\"outside\"]");
        assertThat(both.path("files").path("entrypoint").asText()).isEqualTo("go.sh");
        JsonNode outside = claimed(new UploadForm()
                .file("a.tgz", archive)
                .manifest("{\"entrypoint\":\"main.py\"}")
                .submit(broker));
        assertThat(outside.path("limits").path("timeout").asDouble()).isEqualTo(300);
        assertThat(outside.path("interpreter").asText()).isEqualTo("python3");
    }

    @Test
    void requirements_name_their_installer() {
        for (Map.Entry<String, String> known :
                Map.of("requirements.txt", "pip", "web/package.json", "npm").entrySet()) {
            JsonNode job = claimed(new UploadForm()
                    .file("main.py", "")
                    .file(known.getKey(), "{}")
                    .manifest("{\"requirements\":\"" + known.getKey() + "\"}")
                    .submit(broker));
            JsonNode requirements = job.path("files").path("requirements");
            assertThat(requirements.path("path").asText()).isEqualTo(known.getKey());
            assertThat(requirements.path("installer").asText()).isEqualTo(known.getValue());
        }
    }

    @Test
    void whoever_sends_projects_is_told_their_words() {
        Reply submitted = new UploadForm().file("main.py", "").submit(broker);
        String id = submitted.text("job_id");
        assertThat(submitted.text("status")).isEqualTo("queued");
        assertThat(submitted.text("state")).isEqualTo("pending");
        assertThat(submitted.body().path("position").asInt()).isEqualTo(1);
        assertThat(listed("queued")).contains(id);
        assertThat(listed("pending")).doesNotContain(id);
        ScriptedNode.Job job = node.claimOne();
        assertThat(broker.get("/status/" + id).text("status")).isEqualTo("queued");
        assertThat(broker.get("/status/" + id).text("pool_status")).isEqualTo("queued");
        node.heartbeat(true, job);
        assertThat(broker.get("/status/" + id).text("status")).isEqualTo("running");
        node.complete(job, "");
        Reply ended = broker.get("/status/" + id);
        assertThat(ended.text("status")).isEqualTo("completed");
        assertThat(ended.text("job_hash")).matches("[0-9a-f]{64}");
        assertThat(ended.body().path("completed_at").isNumber()).isTrue();
        assertThat(listed("completed")).contains(id);
    }

    private static List<String> listed(String status) {
        return broker.get("/jobs?limit=200&status=" + status)
                .body()
                .path("jobs")
                .findValuesAsText("job_id");
    }

    @Test
    void a_submit_under_a_key_is_the_job_that_it_was() {
        byte[] body = new UploadForm().file("main.py", "print(2)").bytes();
        Reply first = keyed(body);
        Reply again = keyed(body);
        assertThat(again.text("job_id")).isEqualTo(first.text("job_id"));
        assertThat(keyed(new UploadForm().file("main.py", "print(3)").bytes()).status())
                .isEqualTo(409);
        claimed(first);
    }

    private static Reply keyed(byte[] body) {
        return broker.send(broker.request("/submit")
                .header("Content-Type", "multipart/form-data; boundary=" + UploadForm.BOUNDARY)
                .header("Idempotency-Key", "k")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    @Test
    void the_same_files_are_the_same_program_to_the_cache() {
        UploadForm form = new UploadForm().file("main.py", "print(4)").manifest("{\"cache\":true}");
        Reply first = form.submit(broker);
        claimed(first);
        Reply again = form.submit(broker);
        assertThat(again.text("status")).isEqualTo("completed");
        assertThat(again.text("cached_from")).isEqualTo(first.text("job_id"));
        Reply other = new UploadForm()
                .file("main.py", "print(5)")
                .manifest("{\"cache\":true}")
                .submit(broker);
        assertThat(other.text("status")).isEqualTo("queued");
        claimed(other);
    }

    @Test
    void a_project_may_be_run_and_waited_for_in_one_call() {
        CompletableFuture<Reply> run = CompletableFuture.supplyAsync(() -> UploadForm.send(
                broker, "/run?wait=20", new UploadForm().file("main.py", "").bytes()));
        node.complete(node.claimOne(), "hello");
        Reply reply = BrokerUnderTest.answer(run);
        assertThat(reply.text("status")).isEqualTo("completed");
        assertThat(reply.text("output")).isEqualTo("hello");
    }

    @Test
    void many_at_once_are_all_taken_and_the_same_archive_is_kept_once() throws IOException {
        byte[] archive = TestArchives.tarGz(Map.of("main.py", "print('many')", "data", "x".repeat(100_000)));
        List<CompletableFuture<Reply>> replies = new ArrayList<>();
        for (int job = 0; job < 9; job++) {
            UploadForm form = new UploadForm().file("job.tar.gz", archive).manifest("{\"args\":[\"" + job + "\"]}");
            replies.add(CompletableFuture.supplyAsync(() -> form.submit(broker)));
        }
        Set<String> digests = new HashSet<>();
        for (CompletableFuture<Reply> reply : replies) {
            assertThat(BrokerUnderTest.answer(reply).status()).isEqualTo(200);
        }
        for (ScriptedNode.Job job : node.claim(9, 10)) {
            digests.add(job.body()
                    .path("files")
                    .path("inputs")
                    .path(0)
                    .path("sha256")
                    .asText());
            node.complete(job, "");
        }
        assertThat(digests).hasSize(1);
        String sha256 = digests.iterator().next();
        assertThat(StoredFiles.below(directory.resolve(Broker.ARTIFACTS)))
                .filteredOn(file -> file.endsWith(sha256))
                .hasSize(1);
    }
}
