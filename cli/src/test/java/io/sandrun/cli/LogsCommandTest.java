package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job prints, as {@code run} and {@code logs} show it. */
class LogsCommandTest {
    @TempDir
    static Path directory;

    private static SandrunProcess up;
    private static String url;

    @BeforeAll
    static void start() throws Exception {
        up = SandrunProcess.start(
                Map.of(), "up", "--port=0", "--slots=2", "--environments=none", "--data=" + directory);
        url = up.awaitError("listening at (http://\\S+)");
        up.awaitError("ready");
    }

    @AfterAll
    static void stop() {
        up.close();
    }

    @Test
    void a_run_is_seen_while_it_goes_on() throws Exception {
        Path gate = directory.resolve("gate.py");
        Files.writeString(gate, """
                import sys, time
                print("first", file=sys.stderr, flush=True)
                time.sleep(600)
                """);
        try (SandrunProcess run = SandrunProcess.start(Map.of("SANDRUN_URL", url), "run", gate.toString())) {
            run.awaitError("first");
            assertThat(run.isAlive()).isTrue();
        }
    }

    @Test
    void bytes_that_are_no_text_arrive_as_they_are() throws Exception {
        String program = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 700); print('e', file=sys.stderr)";
        try (SandrunProcess run = SandrunProcess.start(Map.of("SANDRUN_URL", url), "run", "-")) {
            run.type(program);
            byte[] output = run.awaitOutput();
            assertThat(output).hasSize(256 * 700);
            for (int index = 0; index < output.length; index++) {
                assertThat(output[index]).isEqualTo((byte) index);
            }
        }
    }

    @Test
    void a_log_is_printed_whole_by_stream_followed_and_as_json() throws Exception {
        String jobId = submit("import sys; print('out', flush=True); print('err', file=sys.stderr)");
        assertThat(sandrun("logs", "-f", jobId)).isEqualTo("out\nerr\n");
        assertThat(sandrun("logs", jobId)).isEqualTo("out\nerr\n");
        assertThat(sandrun("logs", "--stream", "stderr", jobId)).isEqualTo("err\n");
        assertThat(sandrun("logs", "-f", "--stream", "stdout", jobId)).isEqualTo("out\n");
        JsonNode page = Json.MAPPER.readTree(sandrun("logs", "--json", jobId));
        assertThat(page.path("stdout").asText()).isEqualTo("out\n");
        assertThat(page.path("finished").asBoolean()).isTrue();
        List<String> streams = new ArrayList<>();
        for (String line : sandrun("logs", "-f", "--json", jobId).lines().toList()) {
            streams.add(Json.MAPPER.readTree(line).path("stream").asText());
        }
        assertThat(streams).containsExactly("stdout", "stderr");
    }

    @Test
    void a_job_that_is_unknown_and_a_stream_that_is_none_are_told() throws Exception {
        for (String[] slip : new String[][] {{"logs", "pool-none"}, {"logs", "-f", "pool-none"}}) {
            var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", slip);
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(ended.errors()).contains("no job").doesNotContain("\n", "Exception");
        }
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", "logs", "--stream", "video", "pool-none");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errors()).contains("video");
    }

    private static String submit(String program) throws Exception {
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), program, "submit", "-");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        return ended.output().strip();
    }

    private static String sandrun(String... args) throws Exception {
        var ended = SandrunProcess.run(Map.of("SANDRUN_URL", url), "", args);
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        return ended.output();
    }
}
