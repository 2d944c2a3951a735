package io.sandrun.broker.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.sandrun.broker.mcp.ToolAnswer.Image;
import io.sandrun.protocol.log.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The tools about the files that jobs leave. Thread-safe. */
final class OutputTools {
    private OutputTools() {}

    static CompletableFuture<ToolAnswer> list(ToolCall call) {
        return call.workbench().outputs(call.jobId()).thenApply(outputs -> {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("job_id", call.jobId());
            facts.put("state", outputs.path("state").asText());
            facts.put("outputs", outputs.path("outputs"));
            facts.put("left_out", outputs.path("left_out"));
            return ToolAnswer.of(listed(outputs), facts);
        });
    }

    private static String listed(JsonNode outputs) {
        StringBuilder text = new StringBuilder(
                outputs.path("outputs").isEmpty()
                        ? "Job %s has left no files; it is %s."
                                .formatted(
                                        outputs.path("job_id").asText(),
                                        outputs.path("state").asText())
                        : JobPage.files(outputs));
        for (JsonNode left : outputs.path("left_out")) {
            text.append("%nNot kept: %s (%s)"
                    .formatted(left.path("name").asText(), left.path("reason").asText()));
        }
        return text.toString();
    }

    static CompletableFuture<ToolAnswer> read(ToolCall call) {
        String path = call.text("path", "");
        return call.workbench().outputs(call.jobId()).thenCompose(outputs -> {
            JsonNode file = named(outputs, path)
                    .orElseThrow(() -> new ToolFailure(
                            "unknown_file",
                            "Job %s left no file %s.".formatted(call.jobId(), path),
                            "Call list_outputs for the names of its files."));
            // The first bytes tell what it is, whatever its name says.
            return call.workbench()
                    .output(call.jobId(), path, 0, ImageType.HEAD_BYTES)
                    .thenCompose(head -> ImageType.of(head)
                            .map(type -> image(call, file, type))
                            .orElseGet(() -> text(call, file)));
        });
    }

    private static Optional<JsonNode> named(JsonNode outputs, String path) {
        for (JsonNode output : outputs.path("outputs")) {
            if (output.path("path").asText().equals(path)) {
                return Optional.of(output);
            }
        }
        return Optional.empty();
    }

    private static Map<String, Object> facts(ToolCall call, JsonNode file) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("job_id", call.jobId());
        facts.put("path", file.path("path").asText());
        facts.put("size_bytes", file.path("size_bytes").asLong());
        return facts;
    }

    private static CompletableFuture<ToolAnswer> image(ToolCall call, JsonNode file, String type) {
        long bytes = file.path("size_bytes").asLong();
        if (bytes > ToolLimits.IMAGE_BYTES) {
            throw new ToolFailure(
                    "image_too_large",
                    "The image has %,d bytes, and at most %,d can be shown.".formatted(bytes, ToolLimits.IMAGE_BYTES),
                    "Let a program write a smaller one: fewer dots per inch, or JPEG instead of PNG.");
        }
        return call.workbench()
                .output(call.jobId(), file.path("path").asText(), 0, (int) bytes)
                .thenApply(content -> {
                    Map<String, Object> facts = facts(call, file);
                    facts.put("type", type);
                    String text =
                            "%s (%,d bytes, %s)".formatted(file.path("path").asText(), bytes, type);
                    return ToolAnswer.image(text, facts, Image.of(content, type));
                });
    }

    private static CompletableFuture<ToolAnswer> text(ToolCall call, JsonNode file) {
        int limit = Math.min(call.maxBytes(), ToolLimits.READ_BYTES_MAX);
        long offset = call.offset();
        long size = file.path("size_bytes").asLong();
        return call.workbench()
                .output(call.jobId(), file.path("path").asText(), offset, limit)
                .thenApply(bytes -> {
                    boolean isLast = offset + bytes.length >= size;
                    int whole = isLast ? bytes.length : Utf8.wholeLength(bytes, bytes.length);
                    long next = offset + whole;
                    Map<String, Object> facts = facts(call, file);
                    facts.put("offset", offset);
                    facts.put("next_offset", next);
                    facts.put("finished", isLast);
                    String more = "%n[%,d of %,d bytes; call read_output with offset %d for what follows]"
                            .formatted(next, size, next);
                    return ToolAnswer.of(decoded(bytes, whole, offset) + (isLast ? "" : more), facts);
                });
    }

    /** @throws ToolFailure if that is no text */
    private static String decoded(byte[] bytes, int length, long offset) {
        try {
            // An offset of the caller's own may lie in the middle of a character.
            int from = 0;
            while (offset > 0 && from < length && from < 3 && (bytes[from] & 0xc0) == 0x80) {
                from++;
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length - from))
                    .toString();
        } catch (CharacterCodingException binary) {
            throw new ToolFailure(
                    "binary_output",
                    "The file is neither text nor an image that can be shown.",
                    "Let a program print what you need of it, or write it as text; the user can fetch it with "
                            + "`sandrun download`.");
        }
    }
}
