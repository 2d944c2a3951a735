package io.sandrun.protocol.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sandrun.protocol.Json;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {
    private static final int VALUES = 20_000;

    /** Reads each line as a client would, and writes it as a client would to check a signature. */
    private static final String DUMPS = """
            import json, sys
            for line in sys.stdin:
                print(json.dumps(json.loads(line), sort_keys=True))
            """;

    @TempDir
    Path directory;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @CsvSource({
        "0, 0.0",
        "-0.0, -0.0",
        "1, 1.0",
        "0.02, 0.02",
        "0.001, 0.001",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "123456.789, 123456.789",
        "1e15, 1000000000000000.0",
        "1e16, 1e+16",
        "1.5e300, 1.5e+300",
        "2e23, 2e+23",
        "4.9e-324, 5e-324",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "5.684341886080802e-14, 5.684341886080802e-14",
        "9007199254740993, 9007199254740992.0"
    })
    void numbers_with_a_fraction_are_written_as_python_does(double value, String written) {
        assertThat(CanonicalJson.text(DoubleNode.valueOf(value))).isEqualTo(written);
    }

    @Test
    void what_json_has_no_text_for_is_refused() {
        for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatThrownBy(() -> CanonicalJson.text(DoubleNode.valueOf(value)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void keys_are_sorted_by_code_point_and_everything_else_is_ascii() {
        String sent = """
                {"\\ud83d\\ude00": 1, "\\uffee": [true, null, "\\u007f\\n\\"\\\\"], "a": {}, "": []}""";
        JsonNode value = Json.read(sent, JsonNode.class);
        assertThat(CanonicalJson.text(value)).isEqualTo("""
                {"": [], "a": {}, "\\uffee": [true, null, "\\u007f\\n\\"\\\\"], "\\ud83d\\ude00": 1}""");
    }

    @Test
    void any_value_reads_as_python_writes_it() throws Exception {
        assumeTrue(Python.can("import json"), "python3 is not installed");
        List<JsonNode> values = new ArrayList<>();
        StringBuilder sent = new StringBuilder();
        for (int count = 0; count < VALUES; count++) {
            JsonNode value = value(3);
            values.add(value);
            sent.append(Json.write(value)).append('\n');
        }
        String[] dumped = Python.run(directory, DUMPS, sent.toString()).split("\n");
        assertThat(dumped).hasSize(VALUES);
        for (int index = 0; index < VALUES; index++) {
            assertThat(CanonicalJson.text(values.get(index)))
                    .as("value %d of seed %d, sent as %s", index, seed, Json.write(values.get(index)))
                    .isEqualTo(dumped[index]);
        }
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 6)) {
            case 0, 1 -> DoubleNode.valueOf(number());
            case 2 -> Json.MAPPER.getNodeFactory().numberNode(random.nextLong() >> random.nextInt(64));
            case 3 -> Json.MAPPER.getNodeFactory().numberNode(new BigInteger(random.nextInt(200), random).negate());
            case 4 -> Json.MAPPER.getNodeFactory().textNode(text());
            case 5 -> Json.MAPPER.valueToTree(random.nextInt(3) == 0 ? null : random.nextBoolean());
            case 6 -> array(depth);
            default -> object(depth);
        };
    }

    private ArrayNode array(int depth) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (int left = random.nextInt(4); left > 0; left--) {
            array.add(value(depth - 1));
        }
        return array;
    }

    private ObjectNode object(int depth) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        for (int left = random.nextInt(5); left > 0; left--) {
            object.set(text(), value(depth - 1));
        }
        return object;
    }

    /** Tiny, huge, subnormal, beside powers of two and of ten, and the kind that a job has. */
    private double number() {
        double value = switch (random.nextInt(6)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> Math.scalb(1.0, random.nextInt(2100) - 1074);
            case 2 -> Math.nextAfter(Math.scalb(1.0, random.nextInt(2000) - 1000), random.nextGaussian());
            case 3 -> Double.parseDouble("1e" + (random.nextInt(600) - 300));
            case 4 -> Math.round(random.nextDouble() * 1e6) / 1e3;
            default -> Double.longBitsToDouble(random.nextLong() >>> 12);
        };
        return Double.isFinite(value) ? value : 0.0;
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(6); left > 0; left--) {
            int codePoint = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(0x20);
                case 1 -> random.nextInt(0x80);
                case 2 -> random.nextInt(0x10000);
                default -> 0x10000 + random.nextInt(0x100000);
            };
            // Half a surrogate pair has no UTF-8, so that it cannot be sent.
            text.appendCodePoint(codePoint >= 0xd800 && codePoint <= 0xdfff ? '"' : codePoint);
        }
        return text.toString();
    }
}
