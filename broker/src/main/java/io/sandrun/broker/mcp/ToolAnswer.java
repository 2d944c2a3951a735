package io.sandrun.broker.mcp;

import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a tool answers.
 *
 * @param text for the model
 * @param facts the same for programs, without what was printed
 * @param images beside the text
 */
record ToolAnswer(String text, Map<String, Object> facts, List<Image> images, boolean isError) {
    record Image(String base64, String type) {
        static Image of(byte[] bytes, String type) {
            return new Image(Base64.getEncoder().encodeToString(bytes), type);
        }
    }

    static ToolAnswer of(String text, Map<String, Object> facts) {
        return new ToolAnswer(text, facts, List.of(), false);
    }

    static ToolAnswer image(String text, Map<String, Object> facts, Image image) {
        return new ToolAnswer(text, facts, List.of(image), false);
    }

    /** What went wrong, under a stable code, and what to do about it. */
    static ToolAnswer refused(ToolFailure failure) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("code", failure.code());
        facts.put("error", failure.getMessage());
        facts.put("next", failure.next());
        facts.put("details", failure.details());
        String text = "%s: %s%nWhat to do: %s".formatted(failure.code(), failure.getMessage(), failure.next());
        return new ToolAnswer(text, facts, List.of(), true);
    }

    CallToolResult result() {
        List<Content> content = new ArrayList<>();
        content.add(TextContent.builder(text).build());
        for (Image image : images) {
            content.add(ImageContent.builder(image.base64(), image.type()).build());
        }
        return CallToolResult.builder(content)
                .structuredContent(facts)
                .isError(isError)
                .build();
    }
}
