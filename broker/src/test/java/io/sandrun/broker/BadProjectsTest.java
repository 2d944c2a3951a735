package io.sandrun.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sandrun.broker.BrokerUnderTest.Reply;
import io.sandrun.protocol.Limits;
import io.sandrun.runtime.attack.TarBytes;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with a project is told when it is submitted, and nothing of it is kept. */
class BadProjectsTest {
    private static final byte[] PROJECT = TestArchives.tarGz(
            Map.of("main.py", "print(1)", "src/Go.py", "", "run", "", "requirements.txt", "", "deps.lst", ""));

    @TempDir
    private static Path directory;

    private static BrokerUnderTest broker;

    @BeforeAll
    static void start() {
        broker = BrokerUnderTest.start(directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @AfterEach
    void no_job_came_of_it_and_no_upload_is_half_done() throws IOException {
        assertThat(broker.get("/jobs").body().path("jobs")).isEmpty();
        try (Stream<Path> left = Files.list(directory.resolve("artifacts/incoming"))) {
            assertThat(left).isEmpty();
        }
    }

    private static Reply refused(Reply reply, int status, String code, String field) {
        assertThat(reply.status()).as("%s", reply.raw().body()).isEqualTo(status);
        assertThat(reply.text("code")).as("%s", reply.raw().body()).isEqualTo(code);
        assertThat(reply.text("error")).matches("[A-Z][^\\n\\r]*[.?]").doesNotContain("Exception");
        assertThat(reply.body().path("details").path("field").asText())
                .as("%s", reply.raw().body())
                .isEqualTo(field);
        return reply;
    }

    private static Reply submit(String manifest) {
        return new UploadForm().manifest(manifest).file("job.tar.gz", PROJECT).submit(broker);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{`|invalid_json|manifest",
                "[]|invalid_json|manifest",
                "\"main.py\"|invalid_json|manifest",
                "{\"timeout\":1,\"timeout\":2}|invalid_json|manifest",
                "{\"entrypoint\":7}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"\"}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"mian.py\"}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"src\"}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"../main.py\"}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"/etc/passwd\"}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"a\\u0000b\"}|invalid_field|manifest.entrypoint",
                "{\"entrypoint\":\"run\"}|missing_field|manifest.interpreter",
                "{\"interpreter\":\"cobol\"}|unknown_interpreter|manifest.interpreter",
                "{\"interpreter\":[\"bash\"]}|invalid_field|manifest.interpreter",
                "{\"args\":\"--x\"}|invalid_field|manifest.args",
                "{\"args\":[1]}|invalid_field|manifest.args[0]",
                "{\"env\":[]}|invalid_field|manifest.env",
                "{\"env\":{\"A\":1}}|invalid_field|manifest.env.A",
                "{\"environment\":3}|invalid_field|manifest.environment",
                "{\"requirements\":3}|invalid_field|manifest.requirements",
                "{\"requirements\":\"requirments.txt\"}|invalid_field|manifest.requirements",
                "{\"requirements\":\"../requirements.txt\"}|invalid_field|manifest.requirements",
                "{\"requirements\":\"deps.lst\"}|invalid_field|manifest.requirements",
                "{\"outputs\":\"report.txt\"}|invalid_field|manifest.outputs",
                "{\"outputs\":[\"a\",\"../x\"]}|invalid_field|manifest.outputs[1]",
                "{\"outputs\":[\"/etc/*\"]}|invalid_field|manifest.outputs[0]",
                "{\"outputs\":[\"a\\u0007b\"]}|invalid_field|manifest.outputs[0]",
                "{\"timeout\":\"60\"}|invalid_field|manifest.timeout",
                "{\"timeout\":0}|invalid_field|manifest.timeout",
                "{\"memory_mb\":true}|invalid_field|manifest.memory_mb",
                "{\"cpu_seconds\":-1}|invalid_field|manifest.cpu_seconds",
                "{\"disk_mb\":9999999}|invalid_field|manifest.disk_mb",
                "{\"gpu\":\"yes\"}|invalid_field|manifest.gpu",
                "{\"gpu\":{\"size\":1}}|unknown_field|manifest.gpu.size",
                "{\"not_before\":\"soon\"}|invalid_field|manifest.not_before",
                "{\"cache\":\"never\"}|invalid_field|manifest.cache",
                "{\"requires\":\"region ==\"}|invalid_field|manifest.requires",
                "{\"memory\":512}|unknown_field|manifest.memory",
                "{\"code\":\"print(1)\"}|unknown_field|manifest.code",
            })
    void a_bad_manifest_is_refused_by_the_name_of_its_field(String manifest, String code, String field) {
        refused(submit(manifest.replace("`", "")), 400, code, field);
    }

    @Test
    void an_entrypoint_that_was_meant_is_named() {
        assertThat(submit("{\"entrypoint\":\"src/go.py\"}").text("error")).contains("there is \"src/Go.py\"");
        assertThat(submit("{\"entrypoint\":\"lib/main.py\"}").text("error")).contains("there is \"main.py\"");
        Reply nested = new UploadForm()
                .file("job.tar.gz", TestArchives.tarGz(Map.of("project/main.py", "", "project/x", "")))
                .submit(broker);
        refused(nested, 400, "missing_field", "manifest.entrypoint");
        assertThat(nested.text("error")).contains("there is \"project/main.py\"");
    }

    @Test
    void a_manifest_in_the_archive_is_refused_by_its_own_name() {
        Reply reply = new UploadForm()
                .file("job.tar.gz", TestArchives.tarGz(Map.of("main.py", "", "job.json", "{\"timeout\":\"x\"}")))
                .submit(broker);
        refused(reply, 400, "invalid_field", "job.json.timeout");
        Reply both = new UploadForm()
                .file(
                        "job.tar.gz",
                        TestArchives.tarGz(Map.of("main.py", "", "job.json", "{\"entrypoint\":\"main.py\"}")))
                .manifest("{\"memory_mb\":1}")
                .submit(broker);
        refused(both, 400, "invalid_field", "manifest.memory_mb");
        Reply broken =
                new UploadForm().file("main.py", "").file("job.json", "{").submit(broker);
        refused(broken, 400, "invalid_json", "job.json");
        Reply large = new UploadForm()
                .file("main.py", "")
                .file("job.json", " ".repeat(Limits.MANIFEST_BYTES + 1))
                .submit(broker);
        refused(large, 400, "invalid_field", "job.json");
    }

    @ParameterizedTest
    @CsvSource({
        "../x,traversal",
        "/etc/x,absolute_path",
        "a/../../x,traversal",
        "a\\b,bad_name",
        "a/,bad_name",
        "x\u202ey,bad_name"
    })
    void a_file_name_that_leaves_the_folder_or_fools_readers_is_refused(String name, String fault) {
        Reply reply = new UploadForm().file("main.py", "").file(name, "x").submit(broker);
        refused(reply, 400, "invalid_archive", "files");
        assertThat(reply.body().path("details").path("fault").asText()).isEqualTo(fault);
    }

    private static void archiveRefused(byte[] archive, String fault, String named) {
        Reply reply = new UploadForm().file("job.tar.gz", archive).submit(broker);
        refused(reply, 400, "invalid_archive", "files");
        assertThat(reply.body().path("details").path("fault").asText()).isEqualTo(fault);
        assertThat(reply.body().path("details").path("file").asText()).isEqualTo("job.tar.gz");
        assertThat(reply.text("error")).contains(named);
    }

    @Test
    void a_bad_archive_is_refused_with_the_entry_at_fault() {
        archiveRefused("no archive at all".getBytes(StandardCharsets.UTF_8), "unknown_format", "tar.gz");
        archiveRefused(new byte[0], "unknown_format", "empty");
        archiveRefused(Arrays.copyOf(PROJECT, PROJECT.length / 2), "truncated", "again");
        archiveRefused(TestArchives.tarGz(Map.of("main.py", "", "evil", "->/etc/passwd")), "link_leaves", "evil");
        archiveRefused(TestArchives.tarGz(Map.of("evil/main.py", "", "../up", "")), "traversal", "../up");
        archiveRefused(TestArchives.tarGz(Map.of("/abs", "")), "absolute_path", "/abs");
        archiveRefused(TestArchives.gzipped(PROJECT), "compressed_twice", "once");
        TarBytes many = new TarBytes();
        for (int file = 0; file <= Limits.DISK_INODES; file++) {
            many.file("f" + file, "");
        }
        archiveRefused(TestArchives.gzipped(many.toBytes()), "too_many_entries", "f" + Limits.DISK_INODES);
    }

    @Test
    void a_bomb_is_refused_long_before_it_has_gone_off() {
        byte[] tar = new TarBytes().entry('0', "zeros", "", new byte[64 << 20]).toBytes();
        archiveRefused(TestArchives.gzipped(tar), "expands_too_much", "archive");
    }

    @Test
    void files_that_do_not_fit_the_disk_are_refused_with_what_they_need() {
        byte[] tar = new TarBytes()
                .file("main.py", "")
                .entry('0', "data", "", new byte[3 << 20])
                .toBytes();
        Reply reply = new UploadForm()
                .file("job.tar", tar)
                .manifest("{\"disk_mb\":2}")
                .submit(broker);
        refused(reply, 400, "invalid_field", "manifest.disk_mb");
        assertThat(reply.body().path("details").path("needed_mb").asInt()).isEqualTo(4);
    }

    @Test
    void files_of_one_name_are_refused_wherever_they_come_from() {
        Reply twice =
                new UploadForm().file("main.py", "1").file("./main.py", "2").submit(broker);
        refused(twice, 400, "invalid_archive", "files");
        assertThat(twice.body().path("details").path("fault").asText()).isEqualTo("duplicate");
        Reply inArchive =
                new UploadForm().file("job.zip", PROJECT).file("MAIN.py", "2").submit(broker);
        refused(inArchive, 400, "invalid_archive", "files");
        Reply below =
                new UploadForm().file("main.py", "1").file("main.py/x", "2").submit(broker);
        refused(below, 400, "invalid_archive", "files");
    }

    @Test
    void a_form_that_says_nothing_or_too_much_is_refused() {
        refused(new UploadForm().submit(broker), 400, "missing_field", "files");
        refused(new UploadForm().manifest("{}").submit(broker), 400, "missing_field", "files");
        refused(submitTwoManifests(), 400, "invalid_field", "manifest");
        refused(new UploadForm().part("file", "a.py", new byte[0]).submit(broker), 400, "unknown_field", "file");
        Reply large = new UploadForm()
                .part("manifest", null, new byte[Limits.MANIFEST_BYTES + 1])
                .submit(broker);
        refused(large, 413, "body_too_large", "manifest");
        Reply empty = UploadForm.send(broker, "/submit", new byte[0]);
        refused(empty, 400, "invalid_multipart", "");
    }

    private static Reply submitTwoManifests() {
        return new UploadForm()
                .manifest("{}")
                .manifest("{}")
                .file("main.py", "")
                .submit(broker);
    }

    @Test
    void a_malformed_form_is_refused() {
        byte[] unfinished = new UploadForm().file("main.py", "print(1)").unfinished();
        refused(UploadForm.send(broker, "/submit", unfinished), 400, "invalid_multipart", "");
        UploadForm many = new UploadForm();
        for (int part = 0; part < 10_000; part++) {
            many.file("f" + part, "");
        }
        refused(many.submit(broker), 400, "invalid_field", "files");
        for (String type : List.of("multipart/form-data", "multipart/form-data; boundary=" + "x".repeat(80))) {
            Reply reply = broker.send(
                    broker.request("/submit").header("Content-Type", type).POST(BodyPublishers.ofString("--x--")));
            refused(reply, 400, "invalid_multipart", "Content-Type");
        }
    }

    @Test
    void a_text_form_that_is_none_is_refused() {
        for (String form : List.of(
                "----Tar",
                "----Tarnish\nPath: a.py\n\n",
                "----Tar\nSize: 1\n\nx",
                "----Tar\nPath: ../a.py\n\nx",
                "----TarBoundary1\nPath: a\nSize: 1\n\nx\n----TarBoundary1\nPath: b\n")) {
            Reply reply = new UploadForm().file("job.tar.gz", form).submit(broker);
            refused(reply, 400, "invalid_archive", "files");
        }
    }
}
