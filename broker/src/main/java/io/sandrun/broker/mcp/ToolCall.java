package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call of one tool: what it was given, and whom it serves. Its arguments fit the tool's schema. Thread-safe.
 *
 * @param arguments an object
 */
record ToolCall(OpenCall open, JsonNode arguments, Progress progress) {
    /** Where it is told how far a call is. */
    @FunctionalInterface
    interface Progress {
        /** @param seconds since it began, more each time */
        void at(double seconds, double ofSeconds, String message);
    }

    Workbench workbench() {
        return open.workbench();
    }

    String jobId() {
        return arguments.path("job_id").asText();
    }

    double waitSeconds() {
        return arguments.path("wait_seconds").asDouble(ToolLimits.WAIT_SECONDS_DEFAULT);
    }

    String text(String name, String otherwise) {
        return arguments.path(name).asText(otherwise);
    }

    @Nullable
    JsonNode given(String name) {
        return arguments.get(name);
    }

    long offset() {
        return arguments.path("offset").asLong(0);
    }

    int maxBytes() {
        return arguments.path("max_bytes").asInt(ToolLimits.READ_BYTES_DEFAULT);
    }

    Iterable<JsonNode> list(String name) {
        JsonNode list = arguments.path(name);
        return list.isArray() ? list : List.of();
    }
}
