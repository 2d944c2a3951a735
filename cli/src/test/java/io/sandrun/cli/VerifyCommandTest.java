package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.cli.SandrunProcess.Ended;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.Digest;
import io.sandrun.protocol.identity.NodeKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts of jobs that a real node ran, fetched and checked as users do. */
class VerifyCommandTest {
    private static final double PATIENCE_SECONDS = 60;

    /** Prints more than is kept, and leaves two files. */
    private static final String PROGRAM = """
            import os, sys
            os.mkdir("plots")
            open("plots/caf\u00e9.txt", "w").write("one")
            open("table.csv", "w").write("a,b\\n")
            sys.stdout.write("x" * 1_500_000)
            """;

    @TempDir
    static Path data;

    @TempDir
    Path directory;

    private static SandrunProcess up;
    private static ProjectJobs jobs;
    private static String url;
    private static String jobId;
    private static JsonNode receipt;

    @BeforeAll
    static void run() throws Exception {
        up = SandrunProcess.start(Map.of(), "up", "--port=0", "--slots=1", "--environments=none", "--data=" + data);
        url = up.awaitError("listening at (http://\\S+)");
        up.awaitError("ready");
        jobs = new ProjectJobs(url, data);
        jobId = jobs.submitSnippet(PROGRAM, "plots/", "*.csv");
        receipt = jobs.client().receipt(jobId, PATIENCE_SECONDS).orElseThrow();
    }

    @AfterAll
    static void stop() {
        up.close();
    }

    private Path written(String name, JsonNode document) throws IOException {
        return Files.writeString(directory.resolve(name), document.toString());
    }

    private static Ended verify(Object file, String... options) throws Exception {
        List<String> args = new ArrayList<>(List.of("verify", file.toString()));
        args.addAll(List.of(options));
        return SandrunProcess.run(Map.of(), "", args.toArray(String[]::new));
    }

    private Path outputs() throws IOException {
        Path folder = Files.createDirectories(directory.resolve("outputs"));
        Files.createDirectories(folder.resolve("plots"));
        Files.writeString(folder.resolve("plots/caf\u00e9.txt"), "one");
        Files.writeString(folder.resolve("table.csv"), "a,b\n");
        return folder;
    }

    @Test
    void a_receipt_is_fetched_checked_and_compared_with_the_outputs() throws Exception {
        Path file = directory.resolve("receipt.json");
        Ended fetched =
                SandrunProcess.run(Map.of(), "", "receipt", jobId, "--url", url, "--wait", "5", "-o", file.toString());
        assertThat(fetched.exitCode()).as(fetched.errors()).isZero();
        String worker =
                jobs.client().health(Duration.ofSeconds(20)).path("worker_id").asText();
        Ended checked = verify(file, "--outputs", outputs().toString(), "--worker-id", worker);
        assertThat(checked.output()).contains("are as signed: 2 files").endsWith("genuine\n");
        assertThat(checked.errors()).contains("about the job " + jobId).doesNotContain("--worker-id");
        assertThat(checked.exitCode()).isZero();
    }

    @Test
    void a_receipt_tells_what_the_node_was_given_and_how_it_went() {
        assertThat(receipt.path("interpreter").asText()).isEqualTo("python3");
        assertThat(receipt.path("interpreter_version").asText()).matches("3\\.[0-9.]+");
        assertThat(receipt.path("outcome").asText()).isEqualTo("ok");
        assertThat(receipt.path("stdout").path("printed_bytes").asInt()).isEqualTo(1_500_000);
        assertThat(receipt.path("stdout").path("kept_bytes").asInt()).isEqualTo(1 << 20);
        assertThat(receipt.path("stdout_sha256").asText()).isEqualTo(Digest.ofText("x".repeat(1_500_000)));
        assertThat(receipt.path("stderr_sha256").asText()).isEqualTo(Digest.OF_NOTHING);
        JsonNode clock = receipt.path("node_clock");
        assertThat(clock.path("ended_at_ms").asLong())
                .isGreaterThanOrEqualTo(clock.path("started_at_ms").asLong());
        assertThat(clock.path("started_at_ms").asLong())
                .isGreaterThanOrEqualTo(clock.path("claimed_at_ms").asLong());
    }

    @Test
    void each_file_that_is_missing_changed_or_too_many_is_named() throws Exception {
        Path folder = outputs();
        Files.delete(folder.resolve("plots/caf\u00e9.txt"));
        Files.writeString(folder.resolve("table.csv"), "a;b\n");
        Files.writeString(folder.resolve("plots/\033[31mred"), "");
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("table.csv"));
        Ended checked = verify(written("receipt.json", receipt), "--outputs", folder.toString());
        assertThat(checked.exitCode()).isEqualTo(1);
        assertThat(checked.output())
                .contains("WRONG outputs/plots/caf\u00e9.txt is missing")
                .contains("WRONG outputs/table.csv was changed")
                .contains("WRONG outputs/plots/\\x1b[31mred is in")
                .contains("WRONG outputs/link is in")
                .endsWith("not genuine, faults: 4\n");
    }

    @Test
    void what_was_changed_is_named_also_as_json() throws Exception {
        ObjectNode changed = receipt.deepCopy();
        ((ObjectNode) changed.path("outputs").get(0)).put("size_bytes", 4);
        Path file = written("changed.json", changed.put("exit_code", 1));
        Ended checked = verify(file);
        assertThat(checked.exitCode()).isEqualTo(1);
        assertThat(checked.output())
                .contains("WRONG exit_code was changed after it was signed")
                .contains("WRONG outputs/plots/caf\u00e9.txt was changed after it was signed");
        JsonNode told = Json.MAPPER.readTree(verify(file, "--json").output());
        assertThat(told.path("genuine").asBoolean(true)).isFalse();
        assertThat(told.path("checks").toString()).contains("{\"what\":\"exit_code\",\"holds\":false");
    }

    @Test
    void another_worker_than_the_one_expected_is_told() throws Exception {
        String other = NodeKey.generate().workerId();
        Ended checked = verify(written("receipt.json", receipt), "--worker-id", other);
        assertThat(checked.exitCode()).isEqualTo(1);
        assertThat(checked.output()).contains("WRONG worker_id is none of those expected");
    }

    @Test
    void a_status_has_the_short_form_and_is_checked_as_well() throws Exception {
        ObjectNode status = jobs.client().status(jobId, 0).deepCopy();
        Ended checked =
                verify(written("status.json", status), "--outputs", outputs().toString());
        assertThat(checked.output()).endsWith("genuine\n");
        assertThat(checked.errors()).contains("about the job " + jobId).contains("say with --worker-id whose");
        Path metadata = written("metadata.json", status.path("worker_metadata"));
        assertThat(verify(metadata, "--outputs", outputs().toString()).exitCode())
                .isZero();
        ((ObjectNode) status.path("worker_metadata").path("signed_data")).put("exit_code", 1);
        Ended changed = verify(written("status.json", status));
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.output()).contains("WRONG signature is not that of worker");
    }

    @Test
    void what_is_no_receipt_is_refused_in_one_line() throws Exception {
        String genuine = receipt.toString();
        Map<String, String> inputs = Map.of(
                "",
                "is neither",
                "hello",
                "is not JSON: line 1, column 1",
                "[1]",
                "is neither a receipt nor a status",
                genuine.substring(0, 500),
                "is not JSON",
                genuine.replaceFirst("\\{", "{\"exit_code\":1,"),
                "uplicate",
                "{\"seal\":" + "[".repeat(5_000),
                "depth",
                genuine + genuine,
                "is not JSON");
        for (Map.Entry<String, String> input : inputs.entrySet()) {
            Path file = Files.writeString(directory.resolve("input"), input.getKey());
            Ended refused = verify(file);
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.errors()).contains(input.getValue()).hasLineCount(1);
            assertThat(refused.output()).isEmpty();
        }
        assertThat(verify("/dev/zero").errors()).contains("is larger than").hasLineCount(1);
        assertThat(verify(directory.resolve("absent")).errors()).contains("There is no file");
        assertThat(verify("-", "--worker-id", "x").errors()).contains("is no worker id");
    }

    @Test
    void python_alone_checks_it_too() throws Exception {
        Python.assumeHasCryptography();
        Path script = Path.of("..", "docs", "check_receipt.py").toRealPath();
        Path changed = written("changed.json", receipt.<ObjectNode>deepCopy().put("outcome", "failed"));
        Path said = directory.resolve("said");
        Process check = new ProcessBuilder(
                        Python.command(),
                        script.toString(),
                        written("r.json", receipt).toString(),
                        changed.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(check.waitFor((long) PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(said, StandardCharsets.UTF_8)).isEqualTo("genuine\nnot genuine: outcome\n");
    }
}
