package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerKeyTest {
    /** Asks OpenSSL, by way of Debian's python3-cryptography. */
    private static final String CHECK = """
            import base64, sys
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
            for line in sys.stdin:
                key, message, signature = line.split()
                try:
                    Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(
                        base64.b64decode(signature), base64.b64decode(message))
                    print("fits")
                except Exception:
                    print("does not fit")
            """;

    @TempDir
    Path directory;

    private record Odd(String what, String key, String message, String signature) {
        boolean fits() {
            return WorkerKey.of(key)
                    .filter(worker -> worker.hasSigned(bytes(), signature))
                    .isPresent();
        }

        private byte[] bytes() {
            return message.getBytes(StandardCharsets.US_ASCII);
        }

        String asLine() {
            return key + " " + Base64.getEncoder().encodeToString(bytes()) + " " + signature;
        }
    }

    private static List<Odd> oddities() throws Exception {
        Path file = Path.of(Objects.requireNonNull(WorkerKeyTest.class.getResource("odd-signatures.txt"))
                .toURI());
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("; "))
                .map(fields -> new Odd(fields[0], base64(fields[1]), fields[2], base64(fields[3])))
                .toList();
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }

    @Test
    void of_what_implementations_differ_about_nothing_fits() throws Exception {
        List<String> fitting =
                oddities().stream().filter(Odd::fits).map(Odd::what).toList();
        assertThat(fitting).containsExactly("honest");
    }

    @Test
    void what_fits_here_fits_in_an_independent_library_too() throws Exception {
        assumeTrue(Python.can("import cryptography"), "python3-cryptography is not installed");
        List<Odd> all = oddities();
        String sent = all.stream().map(Odd::asLine).collect(Collectors.joining("\n"));
        List<String> verdicts = Python.run(directory, CHECK, sent).lines().toList();
        assertThat(verdicts).hasSameSizeAs(all);
        for (int index = 0; index < all.size(); index++) {
            Odd odd = all.get(index);
            assertThat(!odd.fits() || verdicts.get(index).equals("fits"))
                    .as(odd.what)
                    .isTrue();
        }
    }

    @Test
    void any_changed_bit_of_key_message_or_signature_is_noticed() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        NodeKey key = NodeKey.generate();
        byte[] message = new byte[50];
        random.nextBytes(message);
        byte[] signature = key.sign(message);
        byte[] raw = Base64.getDecoder().decode(key.workerId());
        assertThat(fits(raw, message, signature)).isTrue();
        for (byte[] one : List.of(raw, message, signature)) {
            for (int bit = 0; bit < one.length * 8; bit++) {
                one[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(fits(raw, message, signature))
                        .as("bit %d of %d bytes, seed %d", bit, one.length, seed)
                        .isFalse();
                one[bit / 8] ^= (byte) (1 << bit % 8);
            }
        }
    }

    private static boolean fits(byte[] key, byte[] message, byte[] signature) {
        return WorkerKey.of(Base64.getEncoder().encodeToString(key))
                .filter(worker -> worker.hasSigned(message, signature))
                .isPresent();
    }

    @Test
    void what_is_no_key_or_no_signature_fits_nothing() {
        NodeKey key = NodeKey.generate();
        WorkerKey worker = WorkerKey.of(key.workerId()).orElseThrow();
        byte[] message = {1};
        String signature = Base64.getEncoder().encodeToString(key.sign(message));
        assertThat(worker.hasSigned(message, signature)).isTrue();
        assertThat(worker.hasSigned(message, signature + "AAAA")).isFalse();
        assertThat(worker.hasSigned(message, "")).isFalse();
        assertThat(worker.hasSigned(message, "!")).isFalse();
        assertThat(worker.hasSigned(message, new byte[63])).isFalse();
        for (String text :
                List.of("", "AAAA", "!", key.workerId() + "AAAA", key.workerId().replace("=", ""))) {
            assertThat(WorkerKey.of(text)).as(text).isEmpty();
        }
    }
}
