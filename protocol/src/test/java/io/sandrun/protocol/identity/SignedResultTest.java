package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sandrun.protocol.Json;
import io.sandrun.protocol.OutputReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedResultTest {
    private static final int RESULTS = 10_000;

    /** What a client does who trusts nobody: parse the answer, write it again, ask a library that is not ours. */
    private static final String CHECK = """
            import base64, json, sys
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
            for line in sys.stdin:
                vouched = json.loads(line)
                key = Ed25519PublicKey.from_public_bytes(base64.b64decode(vouched["worker_id"]))
                message = json.dumps(vouched["signed_data"], sort_keys=True).encode()
                try:
                    key.verify(base64.b64decode(vouched["signature"]), message)
                    print("fits")
                except InvalidSignature:
                    print("does not fit")
            """;

    @TempDir
    Path directory;

    @Test
    void a_result_is_signed_in_the_words_of_the_wire() {
        SignedResult result = new SignedResult("pool-1", 0, 0.02, 1024, "sha256:00");
        assertThat(new String(result.message(), StandardCharsets.US_ASCII)).isEqualTo("""
                {"cpu_seconds": 0.02, "exit_code": 0, "job_id": "pool-1", "memory_peak_bytes": 1024, \
                "output_hash": "sha256:00"}""");
    }

    @Test
    void the_same_files_have_the_same_hash_in_whatever_order_they_come() {
        OutputReport.File one = new OutputReport.File("a/b", 1, "00", false);
        OutputReport.File other = new OutputReport.File("a.b", 2, "11", true);
        String hash = SignedResult.outputHash(List.of(one, other));
        assertThat(SignedResult.outputHash(List.of(other, one))).isEqualTo(hash).matches("sha256:[0-9a-f]{64}");
        assertThat(SignedResult.outputHash(List.of(one))).isNotEqualTo(hash);
        assertThat(SignedResult.outputHash(List.of(one, new OutputReport.File("a.b", 2, "12", true))))
                .isNotEqualTo(hash);
        assertThat(SignedResult.outputHash(new byte[0])).isNotEqualTo(SignedResult.outputHash(new byte[1]));
    }

    @Test
    void an_independent_library_checks_any_result_and_finds_what_was_changed() throws Exception {
        assumeTrue(Python.can("import cryptography"), "python3-cryptography is not installed");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        NodeKey key = NodeKey.generate();
        StringBuilder sent = new StringBuilder();
        List<Boolean> isGenuine = new ArrayList<>();
        for (int count = 0; count < RESULTS; count++) {
            SignedResult result = result(random);
            String signature = result.sign(key);
            boolean genuine = random.nextInt(4) > 0;
            isGenuine.add(genuine);
            String vouched = Json.write(Map.of(
                    "worker_id",
                    key.workerId(),
                    "signature",
                    signature,
                    "signature_algorithm",
                    SignedResult.ALGORITHM,
                    "signed_data",
                    genuine ? result : changed(result, random)));
            assertThat(ResultCheck.of(Json.MAPPER.readTree(vouched)).stream().allMatch(Finding::holds))
                    .as("result %d of seed %d", count, seed)
                    .isEqualTo(genuine);
            sent.append(vouched).append('\n');
        }
        List<String> verdicts =
                Python.run(directory, CHECK, sent.toString()).lines().toList();
        assertThat(verdicts).as("seed %d", seed).hasSize(RESULTS);
        for (int index = 0; index < RESULTS; index++) {
            assertThat(verdicts.get(index))
                    .as("result %d of seed %d", index, seed)
                    .isEqualTo(isGenuine.get(index) ? "fits" : "does not fit");
        }
    }

    private static SignedResult result(Random random) {
        double cpuSeconds = switch (random.nextInt(4)) {
            case 0 -> Math.abs(random.nextGaussian() * Math.pow(10, random.nextInt(600) - 300));
            case 1 -> 0;
            default -> Math.round(random.nextDouble() * 1e6) / 1e3;
        };
        return new SignedResult(
                "pool-" + random.nextInt() + " \u00e9\ud83d\ude00\"\\\n",
                random.nextInt(400) - 1,
                cpuSeconds,
                random.nextLong() >>> random.nextInt(64),
                SignedResult.outputHash(new byte[random.nextInt(10)]));
    }

    private static SignedResult changed(SignedResult result, Random random) {
        return switch (random.nextInt(3)) {
            case 0 ->
                new SignedResult(
                        result.jobId() + "x",
                        result.exitCode(),
                        result.cpuSeconds(),
                        result.memoryPeakBytes(),
                        result.outputHash());
            case 1 ->
                new SignedResult(
                        result.jobId(),
                        result.exitCode() + 1,
                        result.cpuSeconds(),
                        result.memoryPeakBytes(),
                        result.outputHash());
            default ->
                new SignedResult(
                        result.jobId(),
                        result.exitCode(),
                        Math.nextUp(result.cpuSeconds()),
                        result.memoryPeakBytes(),
                        result.outputHash());
        };
    }
}
