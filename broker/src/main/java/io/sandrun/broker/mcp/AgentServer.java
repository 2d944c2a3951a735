package io.sandrun.broker.mcp;

import io.modelcontextprotocol.json.schema.jackson2.DefaultJsonSchemaValidator;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.ProtocolVersions;
import io.sandrun.broker.mcp.AgentMessage.MalformedException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Serves agents by the Model Context Protocol.
 *
 * <p>Theory of operation: the SDK knows the protocol: what a session answers to which request. It is given the tools,
 * and as its transport a part that has no connections: whoever has some, HTTP or standard input, reads messages here,
 * hands each to its {@link AgentSession} and sends what comes back. So both serve the very same tools, no thread waits
 * for a job, and a call can be told apart from others, which a client needs to call it off. Thread-safe.
 */
public final class AgentServer {
    /** Later ones first would be wrong: the last is offered to a client that names none of them. */
    public static final List<String> PROTOCOL_VERSIONS = List.of(
            ProtocolVersions.MCP_2024_11_05,
            ProtocolVersions.MCP_2025_03_26,
            ProtocolVersions.MCP_2025_06_18,
            ProtocolVersions.MCP_2025_11_25);

    private static final String INSTRUCTIONS =
            "Runs programs in sandboxes on the user's own machines. Each call is a fresh sandbox without network and "
                    + "without anything of earlier calls. A call waits for its job as long as wait_seconds says; a job "
                    + "that takes longer goes on, and check_job_status, get_job_logs and cancel_job take its job_id. "
                    + "Files that a program writes into its folder are kept: list_outputs and read_output show them. "
                    + "An error has a stable code, and says what to do next.";

    private final Provider provider = new Provider();

    /** @param version of this program, which clients are told */
    public AgentServer(String version) {
        var unused = McpServer.async(provider)
                .serverInfo("sandrun", version)
                .instructions(INSTRUCTIONS)
                .jsonMapper(Wire.MAPPER)
                .jsonSchemaValidator(new DefaultJsonSchemaValidator())
                .validateToolInputs(false)
                .capabilities(
                        McpSchema.ServerCapabilities.builder().tools(false).build())
                .tools(new Tools().all())
                .build();
    }

    /** The side of the SDK at which connections would be. */
    private static final class Provider implements McpStreamableServerTransportProvider {
        private McpStreamableServerSession.@Nullable Factory factory;

        @Override
        public void setSessionFactory(McpStreamableServerSession.Factory sessions) {
            factory = sessions;
        }

        @Override
        public List<String> protocolVersions() {
            return PROTOCOL_VERSIONS;
        }

        /** What the tools are never changes, and nothing else is told to all. */
        @Override
        public Mono<Void> notifyClients(String method, Object params) {
            return Mono.empty();
        }

        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }
    }

    /** A session, and the message that tells the client of it. */
    public record Opened(AgentSession session, CompletableFuture<String> answer) {}

    public AgentMessage read(String text) throws MalformedException {
        return Wire.read(text);
    }

    /**
     * Opens a session.
     *
     * @param initialize the message that asks for it
     */
    public Opened open(AgentMessage initialize) throws MalformedException {
        if (!(initialize.message() instanceof McpSchema.JSONRPCRequest request)) {
            throw new MalformedException("A session begins with an initialize request.");
        }
        McpSchema.InitializeRequest wanted;
        try {
            wanted = Wire.MAPPER.convertValue(request.params(), McpSchema.InitializeRequest.class);
        } catch (IllegalArgumentException wrong) {
            throw new MalformedException("The params of initialize are protocolVersion, capabilities and clientInfo.");
        }
        if (wanted == null || wanted.protocolVersion() == null) {
            throw new MalformedException("initialize says which protocolVersion the client speaks.");
        }
        var begun = Objects.requireNonNull(provider.factory).startSession(wanted);
        CompletableFuture<String> answer =
                begun.initResult().toFuture().thenApply(result -> Wire.result(request.id(), result));
        return new Opened(new AgentSession(begun.session()), answer);
    }
}
