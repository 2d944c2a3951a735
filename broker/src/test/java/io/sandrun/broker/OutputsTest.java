package io.sandrun.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.broker.ScriptedNode.Job;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients get of the files that a job left. */
class OutputsTest {
    private static final byte[] BYTES = "<script>alert(1)</script>".getBytes(UTF_8);

    @TempDir
    private Path directory;

    @AutoClose
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

    private void left(String path) {
        Reply report = new FilesOfNode(node, job)
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

    private Reply ask(String header, String value) {
        return broker.send(broker.request("/outputs/" + job.id() + "/a.txt")
                .header(header, value)
                .GET());
    }

    private Reply head(String path) {
        return broker.send(
                broker.request(path).method("HEAD", BodyPublishers.noBody()).header("Range", "bytes=0-1"));
    }

    private static String header(Reply reply, String name) {
        return reply.raw().headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=3-, 3, 25",
        "bytes=-4, 21, 25",
        "bytes=0-, 0, 25",
        "bytes=-999, 0, 25",
        "bytes=5-99999999999999999999999, 5, 25",
        "Bytes=5-7, 5, 8"
    })
    void a_part_of_a_file_is_had_by_its_range(String range, int from, int to) {
        left("a.txt");
        Reply reply = ask("Range", range);
        assertThat(reply.status()).isEqualTo(206);
        assertThat(reply.raw().body()).isEqualTo(new String(BYTES, from, to - from, UTF_8));
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/25");
        assertThat(header(reply, "Content-Length")).isEqualTo("" + (to - from));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=25-", "bytes=99999999999999999999-", "bytes=-0"})
    void a_range_that_the_file_does_not_have_is_refused(String range) {
        left("a.txt");
        Reply reply = ask("Range", range);
        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.text("code")).isEqualTo("range_not_satisfiable");
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes */25");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,3-4", "bytes=4-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=1--2"})
    void several_ranges_and_what_is_none_are_answered_with_the_whole(String range) {
        left("a.txt");
        Reply reply = ask("Range", range);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.raw().body()).hasSize(BYTES.length);
    }

    @Test
    void whoever_has_a_file_or_a_part_of_it_is_spared_what_it_has() {
        left("a.txt");
        String tag = header(ask("Accept", "*/*"), "ETag");
        for (String known : List.of(tag, "\"x\", W/" + tag, "*")) {
            Reply same = ask("If-None-Match", known);
            assertThat(same.status()).isEqualTo(304);
            assertThat(header(same, "ETag")).isEqualTo(tag);
            assertThat(same.raw().body()).isEmpty();
        }
        assertThat(ask("If-None-Match", "\"x\"").status()).isEqualTo(200);
        for (String begunWith : List.of(tag, "\"x\"", "W/" + tag)) {
            Reply rest = broker.send(broker.request("/download/" + job.id() + "/a.txt")
                    .header("If-Range", begunWith)
                    .header("Range", "bytes=20-")
                    .GET());
            assertThat(rest.status()).isEqualTo(begunWith.equals(tag) ? 206 : 200);
        }
    }

    @Test
    void an_empty_file_is_whole_whatever_is_asked_of_it() {
        new FilesOfNode(node, job).with("a.txt", new byte[0]).report();
        assertThat(ask("Range", "bytes=-1").status()).isEqualTo(200);
        assertThat(ask("Range", "bytes=0-").status()).isEqualTo(416);
    }

    @Test
    void the_headers_alone_are_those_of_the_file() {
        left("a.txt");
        for (String call : List.of("/outputs/" + job.id() + "/a.txt", "/download/" + job.id() + "/a.txt")) {
            Reply head = head(call);
            assertThat(head.status()).isEqualTo(200);
            assertThat(header(head, "Content-Length")).isEqualTo("25");
            assertThat(header(head, "Content-Type")).startsWith("text/plain");
            assertThat(header(head, "Accept-Ranges")).isEqualTo("bytes");
            assertThat(head.raw().body()).isEmpty();
        }
        Reply archive = head("/download/" + job.id());
        assertThat(header(archive, "Content-Type")).isEqualTo("application/gzip");
        assertThat(head("/download/" + job.id() + "/b").status()).isEqualTo(404);
    }

    @Test
    void a_path_may_come_as_one_segment() {
        left("plots/page.html");
        for (String call : List.of("/outputs/", "/download/")) {
            Reply reply = broker.get(call + job.id() + "/plots%2Fpage.html");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.raw().body()).isEqualTo(new String(BYTES, UTF_8));
        }
        assertThat(broker.get("/outputs%2F" + job.id()).status()).isEqualTo(404);
    }

    @Test
    void a_status_names_the_files_for_those_who_read_it_there() {
        assertThat(broker.get("/status/" + job.id()).body().path("output_files").isEmpty())
                .isTrue();
        left("plots/page.html");
        JsonNode file =
                broker.get("/status/" + job.id()).body().path("output_files").path("plots/page.html");
        assertThat(file.path("path").asText()).isEqualTo("plots/page.html");
        assertThat(file.path("size_bytes").asLong()).isEqualTo(BYTES.length);
        assertThat(file.path("sha256").asText()).isEqualTo(FilesOfNode.sha256(BYTES));
        assertThat(file.path("sha256_hash").asText()).isEqualTo(FilesOfNode.sha256(BYTES));
        assertThat(file.path("type").asText()).isEqualTo("text/html");
    }

    @Test
    void a_job_that_was_given_an_earlier_result_has_its_files() {
        Map<String, Object> cached = Map.of("code", "2", "outputs", List.of("*"), "cache", true);
        broker.submit(cached);
        Job first = node.claimOne();
        new FilesOfNode(node, first).with("a.html", BYTES).report();
        String again = broker.submit(cached);
        Reply status = broker.get("/status/" + again);
        assertThat(status.text("cached_from")).isEqualTo(first.id());
        assertThat(status.body()
                        .path("output_files")
                        .path("a.html")
                        .path("sha256")
                        .asText())
                .isEqualTo(FilesOfNode.sha256(BYTES));
        assertThat(broker.get("/outputs/" + again + "/a.html").status()).isEqualTo(200);
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
