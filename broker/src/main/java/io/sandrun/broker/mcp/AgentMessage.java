package io.sandrun.broker.mcp;

import io.modelcontextprotocol.spec.McpSchema;

/** One message of a client, which is JSON-RPC by its form. Immutable. */
public final class AgentMessage {
    /** What a client said is no such message. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String sentence) {
            super(sentence, null, false, false);
        }
    }

    private final McpSchema.JSONRPCMessage message;

    AgentMessage(McpSchema.JSONRPCMessage message) {
        this.message = message;
    }

    /** Whether it opens a session. */
    public boolean isInitialize() {
        return message instanceof McpSchema.JSONRPCRequest request
                && request.method().equals(McpSchema.METHOD_INITIALIZE);
    }

    /** Whether it is answered. */
    public boolean isRequest() {
        return message instanceof McpSchema.JSONRPCRequest;
    }

    McpSchema.JSONRPCMessage message() {
        return message;
    }
}
