package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.Tampering.Changed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptTest {
    private static final int RECEIPTS = 10_000;

    private static final ObjectWriter ASCII = Json.MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    /** Asks the script that users are given. */
    private static final String CHECK = """
            import sys
            sys.dont_write_bytecode = True
            sys.path.insert(0, %s)
            from check_receipt import verdict
            for line in sys.stdin:
                print("genuine" if verdict(line) == "genuine" else "not genuine")
            """;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final RandomReceipts receipts = new RandomReceipts(random);
    private final Tampering tampering = new Tampering(random, receipts);

    @TempDir
    Path directory;

    private static List<String> faults(JsonNode receipt) {
        return ReceiptCheck.of(receipt).stream()
                .filter(finding -> !finding.holds())
                .map(Finding::what)
                .toList();
    }

    private static boolean isGenuine(String text) {
        try {
            return faults(Json.MAPPER.readTree(text)).isEmpty();
        } catch (JsonProcessingException notJson) {
            return false;
        }
    }

    @Test
    void a_receipt_has_the_fields_of_its_version_and_is_genuine_as_it_was_made() {
        ObjectNode receipt = receipts.next();
        assertThat(receipt.fieldNames())
                .toIterable()
                .containsAll(Receipt.FIELDS)
                .contains(Receipt.SEAL, Receipt.SIGNATURE, Receipt.SIGNATURE_ALGORITHM)
                .hasSize(Receipt.FIELDS.size() + 3);
        assertThat(faults(receipt)).as("seed %d", seed).isEmpty();
    }

    @Test
    void what_was_kept_becomes_the_same_receipt_again() {
        for (int count = 0; count < 200; count++) {
            ObjectNode receipt = receipts.next();
            ObjectNode fields = receipt.deepCopy();
            fields.remove(List.of(Receipt.SEAL, Receipt.SIGNATURE_ALGORITHM));
            ObjectNode again = Receipt.sealedAgain(Json.write(fields));
            assertThat(CanonicalJson.text(again)).as("seed %d", seed).isEqualTo(CanonicalJson.text(receipt));
        }
    }

    @Test
    void whatever_is_changed_is_named() {
        for (int count = 0; count < 1_000; count++) {
            Changed changed = tampering.change(receipts.next());
            assertThat(faults(changed.receipt()))
                    .as("seed %d, %s", seed, CanonicalJson.text(changed.receipt()))
                    .contains(changed.named());
        }
    }

    @Test
    void a_field_that_was_changed_is_the_only_one_that_is_named() {
        ObjectNode genuine = receipts.next();
        for (String name : Receipt.FIELDS) {
            ObjectNode receipt = genuine.deepCopy();
            receipt.put(name, "something else");
            List<String> faults = faults(receipt);
            switch (name) {
                // The outputs and their hash are compared, so that either may be at fault.
                case Receipt.OUTPUTS, Receipt.OUTPUT_HASH, "stdout" ->
                    assertThat(faults).contains(name);
                case Receipt.VERSION_FIELD, Receipt.WORKER_ID ->
                    assertThat(faults).containsOnly(name);
                default -> assertThat(faults).as("seed %d", seed).containsExactly(name);
            }
        }
    }

    @Test
    void every_byte_counts_that_means_something() throws Exception {
        String genuine = CanonicalJson.text(receipts.next());
        byte[] text = genuine.getBytes(StandardCharsets.US_ASCII);
        for (int place = 0; place < text.length; place++) {
            byte bit = (byte) (1 << random.nextInt(7));
            text[place] ^= bit;
            String changed = new String(text, StandardCharsets.US_ASCII);
            // A space that became a line feed, or the digit of an escape in the other case, says the same.
            assertThat(!isGenuine(changed)
                            || CanonicalJson.text(Json.MAPPER.readTree(changed)).equals(genuine))
                    .as("seed %d, byte %d: %s", seed, place, changed)
                    .isTrue();
            text[place] ^= bit;
        }
    }

    @Test
    void an_independent_check_is_of_the_same_mind_about_any_receipt() throws Exception {
        assumeTrue(Python.can("import cryptography"), "python3-cryptography is not installed");
        List<String> lines = new ArrayList<>();
        List<Boolean> genuine = new ArrayList<>();
        for (int count = 0; count < RECEIPTS; count++) {
            ObjectNode receipt = receipts.next();
            boolean changed = random.nextBoolean();
            String text = written(changed ? tampering.change(receipt).receipt() : receipt);
            String line = changed && random.nextInt(4) == 0 ? withAnotherByte(text) : text;
            genuine.add(isGenuine(line));
            assertThat(changed || genuine.get(count))
                    .as("seed %d: %s", seed, line)
                    .isTrue();
            lines.add(line);
        }
        assertThat(genuine).contains(true, false);
        String program =
                CHECK.formatted(Json.write(Path.of("..", "docs").toRealPath().toString()));
        List<String> verdicts =
                Python.run(directory, program, String.join("\n", lines)).lines().toList();
        assertThat(verdicts).as("seed %d", seed).hasSize(RECEIPTS);
        for (int index = 0; index < RECEIPTS; index++) {
            assertThat(verdicts.get(index))
                    .as("receipt %d of seed %d: %s", index, seed, lines.get(index))
                    .isEqualTo(genuine.get(index) ? "genuine" : "not genuine");
        }
    }

    private String written(JsonNode receipt) throws JsonProcessingException {
        return random.nextBoolean() ? CanonicalJson.text(receipt) : ASCII.writeValueAsString(receipt);
    }

    private String withAnotherByte(String text) {
        int place = random.nextInt(text.length());
        char other = (char) (' ' + random.nextInt(95));
        return text.substring(0, place) + other + text.substring(place + 1);
    }
}
