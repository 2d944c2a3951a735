package io.sandrun.broker.mcp;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson2.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.sandrun.broker.mcp.AgentMessage.MalformedException;
import io.sandrun.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Messages as text. The names in them are the protocol's own, not ours. Stateless, thread-safe. */
final class Wire {
    private static final int NESTING_MAX = 64;

    static final McpJsonMapper MAPPER = new JacksonMcpJsonMapper(mapper());

    private Wire() {}

    private static JsonMapper mapper() {
        JsonMapper mapper = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .maxStringLength(ToolLimits.MESSAGE_BYTES)
                        .build());
        return mapper;
    }

    static AgentMessage read(String text) throws MalformedException {
        try {
            return new AgentMessage(McpSchema.deserializeJsonRpcMessage(MAPPER, text));
        } catch (IOException | RuntimeException malformed) {
            // The parser's own words would quote what was sent.
            throw new MalformedException(
                    "A message is one JSON-RPC 2.0 object: a request, a notification or a response.");
        }
    }

    static String write(JSONRPCMessage message) {
        try {
            return MAPPER.writeValueAsString(message);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static String result(Object id, Object result) {
        return write(JSONRPCResponse.result(id, result));
    }

    /** @param id null where it is not known which request failed */
    static String error(@Nullable Object id, int code, String sentence) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", McpSchema.JSONRPC_VERSION);
        message.put("id", id);
        message.put("error", Map.of("code", code, "message", sentence));
        return Json.write(message);
    }
}
