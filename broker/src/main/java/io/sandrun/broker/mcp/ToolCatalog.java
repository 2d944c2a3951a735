package io.sandrun.broker.mcp;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The tools as clients are told of them: {@code tools.json}, with what several of them share put into each. */
final class ToolCatalog {
    private static final TypeReference<Map<String, Object>> SCHEMA = new TypeReference<>() {};

    private ToolCatalog() {}

    static List<Tool> read() {
        try (InputStream page = ToolCatalog.class.getResourceAsStream("tools.json")) {
            JsonNode catalog = Json.MAPPER.readTree(Objects.requireNonNull(page));
            List<Tool> tools = new ArrayList<>();
            for (JsonNode tool : catalog.path("tools")) {
                tools.add(Tool.builder(tool.path("name").asText(), schema(catalog, tool))
                        .title(tool.path("title").asText())
                        .description(tool.path("description").asText())
                        .annotations(annotations(tool))
                        .build());
            }
            return tools;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static Map<String, Object> schema(JsonNode catalog, JsonNode tool) {
        ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (JsonNode used : tool.path("uses")) {
            JsonNode group = catalog.path("groups").path(used.asText());
            for (JsonNode name : group.isArray() ? group : List.of(used)) {
                properties.set(name.asText(), catalog.path("properties").required(name.asText()));
            }
        }
        tool.path("own").properties().forEach(own -> properties.set(own.getKey(), own.getValue()));
        schema.set("required", tool.path("required"));
        schema.put("additionalProperties", false);
        return Json.MAPPER.convertValue(schema, SCHEMA);
    }

    /** What is not there may be taken for the worst: programs of a sandbox destroy nothing outside of it. */
    private static ToolAnnotations annotations(JsonNode tool) {
        boolean runs = tool.path("runs").asBoolean();
        boolean ends = tool.path("ends").asBoolean();
        return ToolAnnotations.builder()
                .title(tool.path("title").asText())
                .readOnlyHint(!runs && !ends)
                .destructiveHint(ends)
                .idempotentHint(!runs)
                .openWorldHint(false)
                .build();
    }
}
