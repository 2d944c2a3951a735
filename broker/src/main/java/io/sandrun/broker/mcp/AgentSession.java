package io.sandrun.broker.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** One conversation with one client. Thread-safe. */
public final class AgentSession {
    private static final Logger LOG = LoggerFactory.getLogger(AgentSession.class);
    private static final String CANCELLED = "notifications/cancelled";

    private final McpStreamableServerSession session;
    private final SessionQuota quota = new SessionQuota();

    /** By the ids of their requests. */
    private final Map<Object, OpenCall> calls = new ConcurrentHashMap<>();

    AgentSession(McpStreamableServerSession session) {
        this.session = session;
    }

    /** Hard to guess: whoever knows it speaks in this session. */
    public String id() {
        return session.getId();
    }

    /** Whether requests are being served. */
    public boolean isBusy() {
        return !calls.isEmpty();
    }

    /**
     * Takes a message in and returns at once.
     *
     * @param workbench on behalf of whoever sent it
     * @param outlet where the answer to a request goes; ended when there is none, or no more of it
     */
    public void receive(AgentMessage message, Workbench workbench, Outlet outlet) {
        if (message.message() instanceof JSONRPCRequest request) {
            serve(request, workbench, outlet);
            return;
        }
        if (message.message() instanceof JSONRPCNotification notification) {
            hear(notification);
        } else if (message.message() instanceof JSONRPCResponse response) {
            // We ask clients nothing, so that this answers nothing.
            LOG.debug("An answer to nothing: {}", response.id());
        }
        outlet.end();
    }

    private void serve(JSONRPCRequest request, Workbench workbench, Outlet outlet) {
        OpenCall call = new OpenCall(workbench, quota);
        if (calls.putIfAbsent(request.id(), call) != null) {
            outlet.send(Wire.error(
                    request.id(),
                    McpSchema.ErrorCodes.INVALID_REQUEST,
                    "A request of this id is being served: give each its own."));
            outlet.end();
            return;
        }
        var unused = session.responseStream(new Stream(outlet))
                .handle(request)
                .contextWrite(context ->
                        context.put(McpTransportContext.KEY, McpTransportContext.create(Map.of(OpenCall.KEY, call))))
                .doFinally(signal -> {
                    calls.remove(request.id(), call);
                    outlet.end();
                })
                .subscribe(nothing -> {}, failure -> unreadable(request, outlet, failure));
    }

    /** Tools answer for what goes wrong in them, so that it was the request; whoever sent it waits for an answer. */
    private static void unreadable(JSONRPCRequest request, Outlet outlet, Throwable failure) {
        LOG.debug("A request was not understood: {}", failure.toString());
        outlet.send(Wire.error(
                request.id(),
                McpSchema.ErrorCodes.INVALID_PARAMS,
                "The params of this request are not what its method takes."));
    }

    private void hear(JSONRPCNotification notification) {
        if (!notification.method().equals(CANCELLED)) {
            var unused = session.accept(notification)
                    .subscribe(nothing -> {}, failure -> LOG.debug("Not understood: {}", failure.toString()));
            return;
        }
        Object id = notification.params() instanceof Map<?, ?> params ? params.get("requestId") : null;
        OpenCall call = id == null ? null : calls.get(id);
        if (call != null) {
            call.end(OpenCall.End.CANCELLED);
        }
    }

    /** The client is gone: calls everything off that is on its way, jobs included. */
    public void end() {
        end(OpenCall.End.CANCELLED);
    }

    /** This end goes: jobs that were begun go on. */
    void drop() {
        end(OpenCall.End.DROPPED);
    }

    private void end(OpenCall.End why) {
        List.copyOf(calls.values()).forEach(call -> call.end(why));
        session.close();
    }

    /** The way back of one request. */
    private record Stream(Outlet outlet) implements McpStreamableServerTransport {
        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message) {
            return sendMessage(message, null);
        }

        @Override
        public Mono<Void> sendMessage(JSONRPCMessage message, @Nullable String messageId) {
            return Mono.fromRunnable(() -> outlet.send(Wire.write(message)));
        }

        @Override
        public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
            return Wire.MAPPER.convertValue(data, type);
        }

        /** The answer is over when its request is, which may still have to be told why it is not served. */
        @Override
        public Mono<Void> closeGracefully() {
            return Mono.empty();
        }

        @Override
        public void close() {}
    }
}
