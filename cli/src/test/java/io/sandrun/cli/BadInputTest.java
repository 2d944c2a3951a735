package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a project is told in a sentence, whether the command line sends it or curl does. */
class BadInputTest {
    @TempDir
    static Path directory;

    @TempDir
    Path project;

    private static SandrunProcess up;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        Shell.assumeHas("bash", "curl", "jq", "tar");
        up = SandrunProcess.start(
                Map.of(), "up", "--port=0", "--slots=1", "--environments=none", "--data=" + directory);
        url = up.awaitError("listening at (http://\\S+)");
        up.awaitError("ready");
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.close();
        }
    }

    @Test
    void a_project_without_an_entrypoint() throws Exception {
        write("helper.py", "");
        refused("{}", "entrypoint", "main.py");
    }

    @Test
    void an_entrypoint_that_is_not_there_or_lies_outside() throws Exception {
        write("main.py", "");
        refused("{\"entrypoint\": \"mian.py\"}", "entrypoint", "mian.py");
        refused("{\"entrypoint\": \"../main.py\"}", "entrypoint", "..");
        refused("{\"entrypoint\": \"/etc/passwd\"}", "entrypoint", "/etc/passwd");
    }

    @Test
    void a_glob_that_makes_no_sense() throws Exception {
        write("main.py", "");
        refused("{\"outputs\": [\"ok.txt\", \"../../etc/*\"]}", "outputs[1]", "leaves");
        refused("{\"outputs\": [\"%s\"]}".formatted("*".repeat(5000)), "outputs", "1024");
    }

    @Test
    void a_manifest_of_wrong_types() throws Exception {
        write("main.py", "");
        refused("{\"timeout\": \"soon\"}", "timeout", "number");
        refused("{\"outputs\": \"report.txt\"}", "outputs", "list");
        refused("{\"args\": [1, 2]}", "args", "text");
        refused("{\"env\": [\"A=1\"]}", "env", "object");
        refused("{\"memory_mb\": -1}", "memory_mb", "16");
        refused("{\"entrypiont\": \"main.py\"}", "entrypiont", "entrypiont");
        refused("{\"requirements\": \"needs.txt\"}", "requirements", "needs.txt");
    }

    @Test
    void a_manifest_that_is_no_json() throws Exception {
        write("main.py", "");
        for (String manifest : new String[] {"{\"timeout\": }", "[1, 2]", "not at all"}) {
            write("job.json", manifest);
            var ended = sandrun("run", project.toString());
            assertThat(ended.exitCode()).isEqualTo(2);
            assertThat(ended.errors()).contains("job.json").doesNotContain("\n", "Exception");
            Files.delete(project.resolve("job.json"));
            assertThat(curl("manifest=" + manifest).path("code").asText()).isEqualTo("invalid_json");
        }
    }

    @Test
    void an_archive_that_is_broken() throws Exception {
        Path archive = Files.writeString(project.resolve("broken.tar.gz"), "this is no archive");
        var ended = sandrun("submit", archive.toString());
        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.errors()).contains("archive").doesNotContain("\n", "Exception");
        try (Shell shell = new Shell(project, url)) {
            JsonNode answer = Json.MAPPER.readTree(
                    shell.type("curl -s -X POST http://localhost:8443/submit -F 'files=@broken.tar.gz'"));
            assertThat(answer.path("code").asText()).isEqualTo("invalid_archive");
            shell.type("rm broken.tar.gz; echo 'print(1)' > main.py; tar czf whole.tar.gz main.py");
            shell.type("head -c 40 whole.tar.gz > cut.tar.gz");
            answer = Json.MAPPER.readTree(
                    shell.type("curl -s -X POST http://localhost:8443/submit -F 'files=@cut.tar.gz' -F 'manifest={}'"));
            assertThat(answer.path("code").asText()).isEqualTo("invalid_archive");
        }
    }

    @Test
    void an_environment_that_no_node_has_is_waited_for_and_told() throws Exception {
        write("main.py", "");
        write("job.json", "{\"environment\": \"moon-base\"}");
        try (SandrunProcess run = SandrunProcess.start(Map.of("SANDRUN_URL", url), "run", project.toString())) {
            assertThat(run.awaitError("waiting: (.*)")).contains("moon-base");
        }
        JsonNode ticket = curl("manifest={\"environment\": \"moon-base\"}");
        try (Shell shell = new Shell(project, url)) {
            String reason = shell.type("curl -s http://localhost:8443/status/%s | jq -r .pending_reason"
                    .formatted(ticket.path("job_id").asText()));
            assertThat(reason).contains("moon-base");
        }
    }

    @Test
    void outputs_with_names_that_would_lead_astray_are_left_out_and_the_others_arrive() throws Exception {
        write("main.py", """
                import os
                for name in (b"bell\\x07.txt", b"line\\nend.txt", b"back\\\\slash.txt", b"\\xff.txt", b"good.txt"):
                    open(name, "w").close()
                os.symlink("/etc/passwd", "link.txt")
                """);
        write("job.json", "{\"outputs\": [\"*.txt\"]}");
        Path results = directory.resolve("results");
        var ended = sandrun("run", "-o", results.toString(), project.toString());
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(ended.errors()).contains("good.txt");
        assertThat(results.toFile().list()).containsExactly("good.txt");
        String jobId = sandrun("submit", project.toString()).output().strip();
        try (Shell shell = new Shell(project, url)) {
            shell.type("curl -s 'http://localhost:8443/status/%s?wait=60'".formatted(jobId));
            JsonNode outputs = Json.MAPPER.readTree(shell.type("curl -s http://localhost:8443/outputs/" + jobId));
            assertThat(outputs.path("files")).extracting(JsonNode::asText).containsExactly("good.txt");
            String missing = shell.type("curl -s --path-as-is -o /dev/null -w '%{http_code}' "
                    + "http://localhost:8443/outputs/" + jobId + "/../../../etc/passwd");
            assertThat(missing).startsWith("4");
        }
    }

    /** Both ways: by the command line with the manifest among the files, and by curl with it beside them. */
    private void refused(String manifest, String field, String word) throws Exception {
        write("job.json", manifest);
        var ended = sandrun("run", project.toString());
        assertThat(ended.exitCode()).as(manifest).isEqualTo(1);
        assertThat(ended.errors()).as(manifest).contains(word).doesNotContain("\n", "Exception");
        Files.delete(project.resolve("job.json"));

        JsonNode answer = curl("manifest=" + manifest);
        assertThat(answer.path("error").asText()).as(manifest).contains(word);
        assertThat(answer.path("details").path("field").asText()).as(manifest).contains(field);
    }

    private JsonNode curl(String form) throws Exception {
        Files.writeString(project.resolveSibling("form"), form);
        try (Shell shell = new Shell(project, url)) {
            shell.type("tar czf ../job.tar.gz .");
            String answer = shell.type("curl -s -X POST http://localhost:8443/submit "
                    + "-F 'files=@../job.tar.gz' -F \"manifest=$(sed s/^manifest=// ../form)\"");
            return Json.MAPPER.readTree(answer);
        }
    }

    private static SandrunProcess.Ended sandrun(String... args) throws Exception {
        return SandrunProcess.run(Map.of("SANDRUN_URL", url), "", args);
    }

    private void write(String name, String content) throws Exception {
        Files.writeString(project.resolve(name), content);
    }
}
