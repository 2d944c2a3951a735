package io.sandrun.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Route;
import io.sandrun.protocol.Json;
import io.sandrun.protocol.identity.CanonicalJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the browser finds out about receipts is what we find out. */
@ExtendWith(Stage.Extension.class)
class ReceiptInBrowserTest {
    private static final int VALUES = 500;

    private static final String CHECK = """
            async text => {
                const { check } = await import("/dashboard/receipt/check.js");
                try {
                    return (await check(text)).faults;
                } catch (failure) {
                    return ["no receipt: " + failure.message];
                }
            }""";

    private static final String CANONICAL = """
            async text => {
                const { canonical } = await import("/dashboard/receipt/canonical.js");
                const { exactJson } = await import("/dashboard/receipt/exact-json.js");
                return canonical(exactJson(text));
            }""";

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private Stage stage;
    private Tab tab;

    @BeforeEach
    void open(Stage stage, Tab tab) {
        this.stage = stage;
        this.tab = tab.at("environments");
        System.err.println("seed " + seed);
    }

    @Test
    void what_is_signed_is_written_as_we_write_it() {
        ArrayNode values = Json.MAPPER.createArrayNode();
        for (int count = 0; count < VALUES; count++) {
            values.add(value(3));
        }
        assertThat(tab.page().evaluate(CANONICAL, Json.write(values)))
                .as("seed %d", seed)
                .isEqualTo(CanonicalJson.text(values));
    }

    private JsonNode value(int depth) {
        ObjectNode holder = Json.MAPPER.createObjectNode();
        switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> holder.put("v", Double.longBitsToDouble(random.nextLong() & 0xBFEF_FFFF_FFFF_FFFFL));
            case 1 -> holder.put("v", random.nextInt(2_000_000) / 1e3);
            case 2 -> holder.put("v", random.nextLong());
            case 3 -> holder.put("v", text());
            case 4 -> holder.put("v", random.nextBoolean());
            case 5 -> holder.putNull("v");
            case 6 -> holder.putArray("v").add(value(depth - 1)).add(value(depth - 1));
            default ->
                holder.putObject("v").<ObjectNode>set(text(), value(depth - 1)).set(text(), value(depth - 1));
        }
        return holder.get("v");
    }

    /** Of every plane, but no half characters. */
    private String text() {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(6); length > 0; length--) {
            int character = random.nextInt(4) == 0 ? random.nextInt(0x11_0000) : random.nextInt(0x80);
            text.appendCodePoint(Character.getType(character) == Character.SURROGATE ? '?' : character);
        }
        return text.toString();
    }

    @Test
    void a_receipt_that_was_changed_is_found_out_and_its_field_named() throws IOException {
        String code = "import sys; open('a.txt', 'w').write('a'); print('done', 0.1)";
        String job = stage.run(Map.of("code", code, "outputs", List.of("*.txt")));
        JsonNode receipt = stage.client().receipt(job, 0).orElseThrow();
        assertThat(faults(receipt, fields -> {})).isEmpty();
        assertThat(faults(receipt, fields -> fields.put("exit_code", 1))).containsExactly("exit_code");
        assertThat(faults(receipt, fields -> ((ObjectNode) fields.get("usage")).put("cpu_seconds", 9.5)))
                .containsExactly("usage");
        assertThat(faults(receipt, fields -> ((ObjectNode) fields.get("seal")).put("outcome", "0".repeat(64))))
                .containsExactly("outcome", "signature");
        assertThat(faults(receipt, fields -> ((ObjectNode) fields.get("outputs").get(0)).put("size_bytes", 2)))
                .contains("output_hash", "outputs");
        assertThat(faults(receipt, fields -> fields.remove("stderr"))).contains("stderr");
        assertThat(faults(receipt, fields -> fields.put("more", 1))).contains("more");
        assertThat(tab.page().evaluate(CHECK, "{\"seal\": {}, \"seal\": {}}").toString())
                .contains("stands twice");
    }

    @Test
    void a_genuine_receipt_of_another_job_proves_nothing() throws IOException {
        String job = stage.run(Map.of("code", "print('this')"));
        String other = stage.run(Map.of("code", "print('that')"));
        String foreign = Json.write(stage.client().receipt(other, 0).orElseThrow());
        tab.page()
                .route(
                        "**/receipts/" + job,
                        route -> route.fulfill(new Route.FulfillOptions()
                                .setContentType("application/json")
                                .setBody(foreign)));
        tab.at("jobs/" + job);
        assertThat(tab.page().locator("sandrun-receipt .verdict")).containsText("signed for " + other);
        tab.at("jobs/" + other);
        assertThat(tab.page().locator("sandrun-receipt .verdict")).containsText("Genuine");
    }

    private List<String> faults(JsonNode receipt, Consumer<ObjectNode> change) {
        ObjectNode changed = receipt.deepCopy();
        change.accept(changed);
        List<?> found = (List<?>) tab.page().evaluate(CHECK, Json.write(changed));
        return found.stream().map(String::valueOf).toList();
    }
}
