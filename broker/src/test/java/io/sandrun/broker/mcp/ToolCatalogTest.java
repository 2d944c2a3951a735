package io.sandrun.broker.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.json.schema.jackson2.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolCatalogTest {
    private final DefaultJsonSchemaValidator schemas = new DefaultJsonSchemaValidator();

    @Test
    void every_tool_has_a_schema_that_is_one_and_words_for_a_model() {
        for (Tool tool : ToolCatalog.read()) {
            assertThat(schemas.validateSchema(tool.inputSchema()).valid())
                    .as(tool.name())
                    .isTrue();
            assertThat(tool.description()).as(tool.name()).hasSizeGreaterThan(20);
            assertThat(tool.inputSchema().get("additionalProperties")).isEqualTo(false);
        }
        assertThat(ToolCatalog.read()).hasSameSizeAs(new Tools().all());
    }

    @Test
    void arguments_that_do_not_fit_are_named() {
        Map<String, Object> schema = ToolCatalog.read().stream()
                .filter(tool -> tool.name().equals("execute_python"))
                .findFirst()
                .orElseThrow()
                .inputSchema();
        assertThat(schemas.validate(schema, Map.of("code", "1", "args", List.of("a")))
                        .valid())
                .isTrue();
        assertThat(schemas.validate(schema, Map.of()).errorMessage()).contains("code");
        assertThat(schemas.validate(schema, Map.of("code", 1)).errorMessage()).contains("code");
        assertThat(schemas.validate(schema, Map.of("code", "1", "tiemout", 1)).errorMessage())
                .contains("tiemout");
        assertThat(schemas.validate(schema, Map.of("code", "1", "wait_seconds", 1000))
                        .errorMessage())
                .contains("wait_seconds");
    }
}
