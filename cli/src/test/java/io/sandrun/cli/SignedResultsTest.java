package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.protocol.BrokerClient;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and signed results as users meet them: keys made on the command line, results checked by Python alone. */
class SignedResultsTest {
    private static final double PATIENCE_SECONDS = 60;

    /** What the tutorial's reader does, in our words: asks who works here, fetches a status, checks the signature. */
    private static final String CHECK = """
            import base64, json, sys, urllib.request
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

            def fetch(path):
                with urllib.request.urlopen(sys.argv[1] + path) as answer:
                    return json.load(answer)

            worker = fetch("/health")["worker_id"]
            for job in sys.argv[2:]:
                vouched = fetch("/status/" + job)["worker_metadata"]
                assert vouched["worker_id"] == worker, "another worker"
                assert vouched["signature_algorithm"] == "Ed25519"
                signed = vouched["signed_data"]
                assert signed["job_id"] == job, "another job"
                key = Ed25519PublicKey.from_public_bytes(base64.b64decode(worker))
                signature = base64.b64decode(vouched["signature"])
                key.verify(signature, json.dumps(signed, sort_keys=True).encode())
                signed["exit_code"] += 1
                try:
                    key.verify(signature, json.dumps(signed, sort_keys=True).encode())
                    sys.exit("a change was not noticed")
                except InvalidSignature:
                    print("verified", signed["exit_code"] - 1)
            """;

    @TempDir
    private Path directory;

    @Test
    void a_key_is_made_in_the_words_of_the_older_documents_and_never_overwritten() throws Exception {
        Path file = directory.resolve("worker.pem");
        SandrunProcess.Ended made = SandrunProcess.run(Map.of(), "", "--generate-key", file.toString());
        assertThat(made.exitCode()).as(made.errors()).isZero();
        List<String> lines = made.output().lines().toList();
        assertThat(lines.get(0)).endsWith("Saved worker key to: " + file);
        assertThat(lines.get(1)).matches("Worker ID: [A-Za-z0-9+/]{43}=");
        byte[] key = Files.readAllBytes(file);
        SandrunProcess.Ended again = SandrunProcess.run(Map.of(), "", "--generate-key", file.toString());
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.errors()).contains("never overwritten");
        assertThat(Files.readAllBytes(file)).isEqualTo(key);
    }

    @Test
    void python_checks_results_that_came_from_the_local_node() throws Exception {
        Python.assumeHasCryptography();
        Path key = directory.resolve("worker.pem");
        String made = SandrunProcess.run(Map.of(), "", "keygen", key.toString()).output();
        String data = directory.resolve("data").toString();
        try (SandrunProcess up = SandrunProcess.start(
                Map.of(),
                "up",
                "--port=0",
                "--slots=1",
                "--environments=none",
                "--data=" + data,
                "--worker-key",
                key.toString())) {
            String url = up.awaitError("listening at (http://\\S+)");
            up.awaitError("ready");
            BrokerClient client = new BrokerClient(URI.create(url));
            assertThat(made)
                    .contains(client.health(Duration.ofSeconds(20))
                            .path("worker_id")
                            .asText());
            List<String> jobs = List.of(
                    finished(client, "print('caf\u00e9')"),
                    finished(client, "raise SystemExit(3)"),
                    finished(client, "print(sum(range(3000000)))"));
            Path program = Files.writeString(directory.resolve("check.py"), CHECK);
            Path said = directory.resolve("said");
            List<String> command = new ArrayList<>(List.of(Python.command(), program.toString(), url));
            command.addAll(jobs);
            Process check = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            assertThat(check.waitFor((long) PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(said, StandardCharsets.UTF_8))
                    .isEqualTo("verified 0\nverified 3\nverified 0\n");
        }
    }

    private static String finished(BrokerClient client, String code) throws IOException {
        JsonNode job = Json.MAPPER.valueToTree(Map.of("code", code));
        String jobId = client.submit(job).path("job_id").asText();
        assertThat(client.status(jobId, PATIENCE_SECONDS).path("completed_at").isNull())
                .isFalse();
        return jobId;
    }
}
